import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join, normalize } from 'node:path';
import { crc32 } from 'node:zlib';
import { output, runProcess } from '../../src/support/process.ts';

/** Stands in for publishers whose hosts a test cannot reach: their keys, archives and repositories, all signed. */
export interface VendorMirror {
  /** What `http` serves, and what an image can hold as `file:` repositories. */
  readonly folder: string;
  readonly url: string;
  readonly fingerprint: string;
  /** Writes a file and its detached signature, which has this ending. */
  sign(name: string, content: Uint8Array, ending: string): Promise<void>;
  /** An apt repository at `path` below the folder. */
  repository(path: string, suite: string, section: string, debs: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export async function openVendorMirror(root: string): Promise<VendorMirror> {
  const folder = join(root, 'mirror');
  const gpg = await makeKey(join(root, 'gnupg'));
  await mkdir(folder);
  await writeFile(join(folder, 'key.asc'), await gpg(['--armor', '--export']));
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://mirror').pathname));
    const content = await readFile(join(folder, path)).catch(() => undefined);
    response.writeHead(content ? 200 : 404).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const listing = (await gpg(['--list-keys', '--with-colons'])).toString();
  return {
    folder,
    url: `http://127.0.0.1:${port}`,
    fingerprint: /^fpr:+([0-9A-F]{40}):/m.exec(listing)?.[1] ?? '',
    sign: async (name, content, ending) => {
      const file = join(folder, name);
      await writeFile(file, content);
      const form = ending === '.asc' ? ['--armor'] : [];
      await writeFile(`${file}${ending}`, await gpg([...form, '--detach-sign', '--output', '-', file]));
    },
    repository: async (path, suite, section, debs) => {
      const base = join(folder, path);
      const binary = join(base, 'dists', suite, section, `binary-${await architecture()}`);
      await mkdir(binary, { recursive: true });
      const entries = await Promise.all(debs.map((deb) => publish(base, deb)));
      await writeFile(join(binary, 'Packages'), entries.join('\n'));
      await writeFile(join(base, 'dists', suite, 'Release'), await releaseFile(suite, section, binary));
      const release = join(base, 'dists', suite, 'Release');
      await writeFile(
        join(base, 'dists', suite, 'InRelease'),
        await gpg(['--clearsign', '--output', '-', release]),
      );
    },
    close: async () => {
      await output(['gpgconf', '--homedir', join(root, 'gnupg'), '--kill', 'all']);
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A package whose programs are these scripts; the path of the file. */
export async function makeDeb(
  root: string,
  name: string,
  files: Readonly<Record<string, string>>,
  fields: readonly string[] = [],
  { version = '1.0-1', architecture = 'all' } = {},
): Promise<string> {
  const tree = join(root, `${name}-${version}-tree`);
  await mkdir(join(tree, 'DEBIAN'), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content);
    await chmod(join(tree, path), 0o755);
  }
  const control = [
    `Package: ${name}`,
    `Version: ${version}`,
    `Architecture: ${architecture}`,
    'Maintainer: test',
    ...fields,
  ];
  await writeFile(join(tree, 'DEBIAN/control'), `${control.join('\n')}\nDescription: stand-in\n`);
  const deb = join(root, `${name}_${version}.deb`);
  await output(['dpkg-deb', '--root-owner-group', '--build', tree, deb]);
  return deb;
}

/** A ZIP archive without compression. */
export function makeZip(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const [name, content] = [Buffer.from(path), Buffer.from(text)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, content]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, name]));
    parts.push(local);
    offset += local.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, index, end]);
}

export async function makeTarGz(
  root: string,
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<Buffer> {
  const tree = join(root, `${name}-tree`);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content);
    await chmod(join(tree, path), 0o755);
  }
  const archive = join(root, `${name}.tar.gz`);
  await output(['tar', '-C', tree, '-czf', archive, '.']);
  return readFile(archive);
}

/** A key without a passphrase in a folder of its own; runs gpg with it. */
async function makeKey(home: string): Promise<(args: readonly string[]) => Promise<Buffer>> {
  await mkdir(home, { mode: 0o700 });
  const gpg = async (args: readonly string[]) => {
    const out: Buffer[] = [];
    const said: Buffer[] = [];
    const { exitCode } = await runProcess(['gpg', '--homedir', home, '--batch', '--yes', ...args], {
      onStdout: (chunk) => out.push(chunk),
      onStderr: (chunk) => said.push(chunk),
    });
    if (exitCode !== 0) throw new Error(`gpg ${args.join(' ')}: ${Buffer.concat(said)}`);
    return Buffer.concat(out);
  };
  await gpg([
    '--passphrase',
    '',
    '--quick-generate-key',
    'Publisher <test@example.org>',
    'rsa2048',
    'sign',
    '1d',
  ]);
  return gpg;
}

export async function architecture(): Promise<string> {
  return (await output(['dpkg', '--print-architecture'])).trim();
}

/** Copies a package into the pool; its entry in `Packages`. */
async function publish(base: string, deb: string): Promise<string> {
  const name = `pool/${deb.split('/').at(-1)}`;
  await mkdir(join(base, 'pool'), { recursive: true });
  await copyFile(deb, join(base, name));
  const control = (await output(['dpkg-deb', '--field', deb])).trimEnd();
  const content = await readFile(deb);
  return `${control}\nFilename: ${name}\nSize: ${content.length}\nSHA256: ${sha256(content)}\n`;
}

async function releaseFile(suite: string, section: string, binary: string): Promise<string> {
  const packages = join(binary, 'Packages');
  const { size } = await stat(packages);
  const index = `${sha256(await readFile(packages))} ${size} ${section}/binary-${await architecture()}/Packages`;
  return [
    'Origin: test',
    `Suite: ${suite}`,
    `Codename: ${suite}`,
    `Components: ${section}`,
    `Architectures: ${await architecture()} all`,
    `Date: ${new Date().toUTCString()}`,
    'SHA256:',
    ` ${index}`,
    '',
  ].join('\n');
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
