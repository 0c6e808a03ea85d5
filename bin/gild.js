#!/usr/bin/env node
// In syntax that Node 12 can read: an old Node must get as far as saying that it is too old.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import module from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

if (isNewEnough(process.versions.node)) {
  start();
} else {
  const bundled = bundledNode();
  if (bundled) startWith(bundled);
  else refuse();
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

function start() {
  if (process.argv.length === 3 && ['--version', '-V'].includes(process.argv[2])) {
    process.stdout.write(`${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version}\n`);
    return;
  }
  hideExpectedWarnings();
  diesWithItsStarter();
  module.enableCompileCache(cacheFolder());
  import(pathToFileURL(mainFile()).href).then(({ main }) => main(process.argv.slice(2)));
}

/** The bundle, unless a source is newer: then somebody is at work on it. */
function mainFile() {
  const bundle = join(root, 'dist', 'main.js');
  const source = join(root, 'src');
  if (!existsSync(source)) return bundle;
  const built = existsSync(bundle) ? statSync(bundle).mtimeMs : 0;
  return newest(source) <= built ? bundle : join(source, 'cli', 'main.ts');
}

/** Tests are in no bundle. */
function newest(folder) {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.endsWith('.test.ts')) continue;
    const path = `${folder}/${entry.name}`;
    time = Math.max(time, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return time;
}

/** Only those that this program knows of, and says itself where they matter: everything else is shown. */
function hideExpectedWarnings() {
  const printers = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (/^(SQLite|Type Stripping) is an experimental feature/.test(warning.message)) return;
    if (/^(Module type of|Failed to load the ES module:) /.test(warning.message)) return;
    for (const print of printers) print.call(process, warning);
  });
}

function cacheFolder() {
  const home = process.env.XDG_CACHE_HOME || (homedir() && join(homedir(), '.cache'));
  return join(home || tmpdir(), 'gild', 'compiled');
}

/** The Node that the repository brings along as a development dependency. */
function bundledNode() {
  const path = join(`node-linux-${process.arch}`, 'bin', 'node');
  return [join(root, 'node_modules', path), join(root, '..', path)].find(existsSync);
}

/** The channel has no messages: its end tells the child that this process is gone. */
function startWith(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => process.exit(signal ? 130 : code));
}

function diesWithItsStarter() {
  if (!process.channel) return;
  process.on('disconnect', () => process.exit(130));
  process.channel.unref();
}

function refuse() {
  process.stderr.write(
    `gild needs Node 22.18 or later; this is Node ${process.versions.node}, ${process.execPath}.\n`,
  );
  process.exitCode = 2;
}
