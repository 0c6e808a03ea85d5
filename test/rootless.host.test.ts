import { chmod, cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Artifact, Verdict } from '../src/model/artifact.ts';
import type { Image } from '../src/model/image.ts';
import { output, runProcess } from '../src/support/process.ts';
import { darkDisk } from './support/dark-disk.ts';
import type { Said } from './support/gild.ts';
import { until } from './support/until.ts';
import { openWorkspace, smallRecipe, type Workspace } from './support/workspace.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stdout.write('rootless: skipped, as every other test ran without root already\n');

const user = `gild-${process.pid}`;
const repository = join(import.meta.dirname, '..');
let space: Workspace;

beforeAll(async () => {
  if (!isRoot) return;
  space = await openWorkspace('rootless');
  await chmod(space.folder, 0o755);
  await installFor();
  await output(['useradd', '--create-home', '--home-dir', join(space.folder, 'user'), user]);
});

afterAll(async () => {
  if (!isRoot) return;
  await runProcess(['userdel', '--force', user]);
  await space.remove();
});

describe.runIf(isRoot)('an ordinary user', () => {
  it('builds the same image as root, and leaves nothing behind', async () => {
    await space.write('recipe.json', recipe);
    const byRoot = await space.gild(['build', 'recipe.json']);
    expect(byRoot.exitCode, byRoot.stderr).toBe(0);
    const byUser = await asUser(['build', 'recipe.json']);
    expect(byUser.exitCode, byUser.stderr).toBe(0);
    const inspect = ['inspect', 'small', '--json'];
    expect(digests(await asUser(inspect))).toEqual(digests(await space.gild(inspect)));
    await expectNothingLeft();
  });

  it('makes the same disks as root, and boots them', async () => {
    await darkDisk(space, 'disk.json', { outputs: disks, firmware: ['bios'] });
    const [byRoot, byUser] = [await space.gild(darkBuild('root')), await asUser(darkBuild('user'))];
    expect(byUser.exitCode, byUser.stderr).toBe(1);
    expect(byRoot.exitCode, byRoot.stderr).toBe(1);
    const [ofRoot, ofUser] = [await reported('root'), await reported('user')];
    expect(ofUser).toEqual(ofRoot);
    expect(ofUser.artifacts).toHaveLength(disks.length);
    expect(ofUser.said).toEqual(['The system gave up booting.']);
    await expectNothingLeft();
  });
});

const disks = ['raw', 'qcow2', 'ova', 'vhdx'];

function darkBuild(who: string): string[] {
  return ['build', 'disk.json', '--report', join(space.folder, 'user', `${who}.json`)];
}

async function reported(who: string) {
  const text = await readFile(join(space.folder, 'user', `${who}.json`), 'utf8');
  const { artifacts, tests } = JSON.parse(text) as { artifacts: Artifact[]; tests: Verdict[] };
  return { artifacts: artifacts.map(({ digest }) => digest), said: tests.map(({ message }) => message) };
}

const recipe = smallRecipe({
  files: [{ content: 'x\n', to: '/srv/file', owner: 'app', group: 'app', mode: '4755' }],
  components: [
    {
      name: 'owners',
      steps: [
        {
          run: 'id -u; touch /home/app/own; chown app:app /home/app/own; chmod 2711 /home/app; rm /etc/os-release',
        },
      ],
    },
  ],
  tests: [{ name: 'owner', type: 'file', path: '/home/app/own', owner: 'app' }],
  outputs: ['oci', 'rootfs'],
});

/** What an ordinary user can read, wherever this checkout lies: the bundle, and the Node that runs this test. */
async function installFor(): Promise<void> {
  const to = join(space.folder, 'gild');
  await mkdir(to, { mode: 0o755 });
  for (const name of ['bin', 'components', 'package.json']) {
    await cp(join(repository, name), join(to, name), { recursive: true });
  }
  await cp(process.execPath, join(to, 'node'));
  const rolldown = join(repository, 'node_modules/rolldown/bin/cli.mjs');
  await output([process.execPath, rolldown, '--config', 'rolldown.config.ts', '-d', join(to, 'dist')], {
    cwd: repository,
  });
  await output(['chmod', '-R', 'a+rX', to]);
}

async function asUser(args: readonly string[]): Promise<Said> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const program = [join(space.folder, 'gild/node'), join(space.folder, 'gild/bin/gild.js')];
  const { exitCode } = await runProcess(['runuser', '-u', user, '--', ...program, ...args], {
    cwd: space.folder,
    env: { HOME: join(space.folder, 'user'), GILD_HOME: join(space.folder, 'user/gild'), CI: 'true' },
    onStdout: (chunk) => out.push(chunk),
    onStderr: (chunk) => err.push(chunk),
  });
  return { exitCode, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}

function digests({ stdout }: Said) {
  const { layers, artifacts } = JSON.parse(stdout) as Image;
  return [...layers.map(({ diffId, blob }) => [diffId, blob]), ...artifacts.map(({ digest }) => digest)];
}

/** Who ended may be in the list of processes until somebody takes note of that. */
async function expectNothingLeft(): Promise<void> {
  await until(async () => (await left()) === '', 60_000);
  expect(await left()).toBe('');
}

/** Processes and scratch folders of the user. */
async function left(): Promise<string> {
  const found: Buffer[] = [];
  await runProcess(['find', '/proc', '-maxdepth', '1', '-type', 'd', '-user', user], {
    onStdout: (chunk) => found.push(chunk),
  });
  const scratch = join(space.folder, 'user/gild/scratch');
  await runProcess(['find', scratch, '-mindepth', '2'], { onStdout: (chunk) => found.push(chunk) });
  return Buffer.concat(found).toString();
}
