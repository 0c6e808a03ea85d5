import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AptMirror, startAptMirror } from './support/apt-mirror.ts';
import { carriedOut } from './support/carried-out.ts';
import { openWorkspace, script, smallRecipe, type Workspace } from './support/workspace.ts';

let space: Workspace;
let mirror: AptMirror;

/** What apt does in a component, as a download that the next run of the step may get another of. */
const installs = (name: string) => ({
  name,
  steps: [
    {
      name: 'Fetch',
      action: 'WebDownload',
      inputs: [{ source: `${mirror.url}/status-${name}`, destination: '/var/lib/dpkg/status' }],
    },
  ],
});

const has = (name: string, packages: Record<string, string>) =>
  mirror.put(
    `/status-${name}`,
    Object.entries(packages)
      .map(
        ([item, version]) =>
          `Package: ${item}\nStatus: install ok installed\nVersion: ${version}\nArchitecture: amd64\n`,
      )
      .join('\n'),
  );

beforeAll(async () => {
  space = await openWorkspace('outdated');
  mirror = await startAptMirror();
  await mirror.publish('stable', { lib: '1.0-1', tool: '2.0-1', other: '1.0' });
  await mirror.publish('stable-security', {});
  has('lib', { lib: '1.0-1' });
  has('tool', { lib: '1.0-1', tool: '2.0-1' });
  const sources = ['stable', 'stable-security'].map((suite) => `deb ${mirror.url} ${suite} main\n`).join('');
  await space.write(
    'recipe.json',
    smallRecipe({
      files: [{ content: sources, to: '/etc/apt/sources.list.d/test.list' }],
      components: [
        script('mkdir -p /var/lib/dpkg', 'folder'),
        installs('lib'),
        installs('tool'),
        script('true', 'last'),
      ],
      outputs: ['rootfs'],
    }),
  );
});
afterAll(async () => {
  await space.remove();
  await mirror.remove();
});

const run = (...args: string[]) =>
  space.gild(args, { GILD_DEBIAN_KEYRING: mirror.keyring, GILD_ALLOW_PRIVATE_HOSTS: 'localhost' });

async function built(...args: string[]): Promise<string[]> {
  const { stdout, exitCode, stderr } = await run('build', '.', '--progress=json', ...args);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return carriedOut(stdout);
}

describe('what is newer outside', () => {
  it('is asked for a lock file first', async () => {
    const { exitCode, stderr } = await run('build', '.', '--if-outdated');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Make it with `gild lock`');
  });

  it('is nothing after a build, and the next question costs one request for each suite and download', async () => {
    expect((await run('lock', '.')).exitCode).toBe(0);
    await built();
    const first = await run('outdated', '.');
    expect(first).toMatchObject({ exitCode: 0, stdout: 'Nothing is newer than in small@1.0.0/1.\n' });
    mirror.asked();
    await run('outdated', '.');
    expect(mirror.asked().sort()).toEqual([
      '304 /dists/stable-security/InRelease',
      '304 /dists/stable/InRelease',
      '304 /status-lib',
      '304 /status-tool',
    ]);
  });

  it('is nothing where the archive moved and the image has none of it', async () => {
    await mirror.publish('stable', { lib: '1.0-1', tool: '2.0-1', other: '2.0', another: '1' });
    expect((await run('build', '.', '--if-outdated')).stdout).toBe('Nothing changed since small@1.0.0/1.\n');
    expect((await run('images')).stdout.match(/^small/gm)?.length).toBe(1);
  });

  it('is a security fix: that is named, with the component that has it', async () => {
    await mirror.publish('stable-security', { tool: '2.0-1+deb1u1' });
    const { stdout, exitCode } = await run('outdated', 'small', '--exit-code');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^tool +2\.0-1 +2\.0-1\+deb1u1 +stable-security \(security\)/m);
    expect(JSON.parse((await run('outdated', '.', '--json')).stdout)).toMatchObject({
      packages: [{ name: 'tool', isSecurity: true, use: 'tool' }],
    });
  });

  it('moves the lock file on request, without a build', async () => {
    const before = await readFile(join(space.folder, 'gild.lock'), 'utf8');
    expect((await run('lock', '.', '--update', 'packages')).stdout).toBe(
      'gild.lock:\n  tool: to run again\n',
    );
    expect((await run('plan', '.')).stdout).toMatch(/component\/tool .*runs/);
    await writeFile(join(space.folder, 'gild.lock'), before);
  });

  it('is built by doing again what installed it and what follows, and nothing before', async () => {
    has('tool', { lib: '1.0-1', tool: '2.0-1+deb1u1' });
    expect(await built('--if-outdated')).toEqual(['component/tool', 'component/last']);
    expect((await run('build', '.', '--if-outdated')).stdout).toBe('Nothing changed since small@1.0.1/1.\n');
    expect(await built()).not.toContain('component/tool');
  });

  it('does not come by trying again and again', async () => {
    await mirror.publish('stable', { lib: '1.0-2', tool: '2.0-1', other: '2.0' });
    expect(await built('--if-outdated')).toContain('component/lib');
    expect((await run('build', '.', '--if-outdated')).stdout).toContain(
      'Nothing changed since small@1.0.3/1. Building again would not bring what is newer.',
    );
  });

  it('is built too where the recipe changed', async () => {
    await space.write(
      'recipe.json',
      smallRecipe({ components: [script('true', 'changed')], outputs: ['rootfs'] }),
    );
    expect(await built('--if-outdated')).toContain('component/changed');
  });

  it('is not said to be nothing where the archive cannot be asked or believed', async () => {
    const fake = await startAptMirror();
    await fake.publish('stable', { lib: '1.0-1' });
    const source = `deb ${fake.url} stable main\n`;
    await space.write(
      'recipe.json',
      smallRecipe({
        name: 'fake',
        files: [{ content: source, to: '/etc/apt/sources.list' }],
        outputs: ['rootfs'],
      }),
    );
    await built();
    expect((await run('outdated', 'fake')).stderr).toContain('signed with keys that are not on this host');
    await fake.remove();
    const { exitCode, stderr } = await run('outdated', 'fake');
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('InRelease') });
  });
});
