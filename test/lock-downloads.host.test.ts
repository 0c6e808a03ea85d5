import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LockFile } from '../src/resolve/lock-file.ts';
import { carriedOut } from './support/carried-out.ts';
import { type FileServer, startFileServer } from './support/file-server.ts';
import { openWorkspace, script, smallRecipe, type Workspace } from './support/workspace.ts';

let space: Workspace;
let server: FileServer;

const fetching = (name: string, source: string, more: object = {}) => ({
  name,
  steps: [
    { name: 'Fetch', action: 'WebDownload', inputs: [{ source, destination: `/opt/${name}`, ...more }] },
  ],
});

beforeAll(async () => {
  space = await openWorkspace('lock-downloads');
  server = await startFileServer();
});
afterAll(async () => {
  await space.remove();
  await server.close();
});

/** Begins with a recipe that nothing is on record of, and a lock file of it that a build has completed. */
let count = 0;
beforeEach(async () => {
  count += 1;
  server.put('/tool', `tool ${count}`);
  server.put('/data?os=linux', `data ${count}`);
  await recipe([
    script(`echo ${count} > /etc/before`, 'before'),
    fetching('tool', `${server.url}/tool`),
    fetching('data', `${server.url.replace('//', '//me:hunter22@')}/data?os=linux`),
  ]);
  expect((await run('lock', '.', '--update')).exitCode).toBe(0);
  await built();
});

const recipe = (components: readonly object[]) =>
  space.write('recipe.json', smallRecipe({ components, outputs: ['rootfs'] }));

const run = (...args: string[]) => space.gild(args, { GILD_ALLOW_PRIVATE_HOSTS: 'localhost' });

const entries = async () => {
  const { components } = JSON.parse(await readFile(join(space.folder, 'gild.lock'), 'utf8')) as LockFile;
  return new Map(components.map((entry) => [entry.use, entry]));
};

/** The components that a build carried out. */
async function built(...args: string[]): Promise<string[]> {
  const { stdout, exitCode, stderr } = await run('build', '.', '--progress=json', ...args);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return carriedOut(stdout).map((step) => step.replace('component/', ''));
}

describe('downloads in a lock file', () => {
  it('are on record after a build, without credentials, and also where the step was not carried out', async () => {
    const first = await entries();
    expect(first.get('tool')?.downloads).toEqual([
      {
        source: `${server.url}/tool`,
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        size: 6,
        etag: expect.stringMatching(/^"/),
      },
    ]);
    expect(first.get('data')?.downloads).toMatchObject([
      { source: `${server.url.replace('//', '//***@')}/data?os=linux` },
    ]);
    expect(first.get('before')).toEqual({ use: 'before' });
    await space.write('gild.lock', JSON.stringify({ ...(await lockFile()), components: [] }));
    expect(await built()).toEqual([]);
    expect(await entries()).toEqual(first);
  });

  it('stop a build where another file comes, until they are taken anew', async () => {
    server.put('/tool', 'something else');
    const { exitCode, stderr } = await run('build', '.', '--no-cache');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${server.url}/tool is not what the lock file says: it has sha256:`);
    expect(stderr).toContain('(6 bytes), and sha256:');
    expect(stderr).toContain('`gild lock --update downloads`');
    const again = await run('lock', '.', '--update', 'tool');
    expect(again.stdout).toBe('gild.lock:\n  tool: to run again\n');
    expect(await built('--frozen')).toEqual(['tool', 'data']);
    expect(await built()).toEqual([]);
    expect((await entries()).get('tool')?.downloads).toMatchObject([{ size: 14 }]);
  });

  it('are outdated where the server says so, and then run again alone', async () => {
    server.asked();
    expect(await run('outdated', '.')).toMatchObject({
      stdout: expect.stringMatching(/^Nothing is newer than in small@/),
      stderr: expect.stringContaining('/data?os=linux changed cannot be told: part of its address is secret'),
    });
    expect(server.asked()).toEqual(['304 /tool']);
    expect((await run('build', '.', '--if-outdated')).stdout).toContain('Nothing changed since');
    server.put('/tool', 'newer than that');
    const { stdout, exitCode } = await run('outdated', '.', '--exit-code');
    expect({ stdout, exitCode }).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/\/tool +6 B +15 B +download +tool$/m),
    });
    expect(await built('--if-outdated')).toEqual(['tool', 'data']);
    expect((await entries()).get('tool')?.downloads).toMatchObject([{ size: 15 }]);
    expect((await run('build', '.', '--if-outdated')).stdout).toContain('Nothing changed since');
  });

  it('decide what is used of earlier builds', async () => {
    const first = await lockFile();
    server.put('/tool', 'the second');
    await run('lock', '.', '--update', 'downloads');
    expect(await built()).toEqual(['tool', 'data']);
    await space.write('gild.lock', JSON.stringify(first));
    expect(await built()).toEqual([]);
    const [known = ''] = first.components[1]?.downloads?.map(({ digest }) => digest) ?? [];
    const wanted = `sha256:${'0'.repeat(64)}`;
    await space.write('gild.lock', JSON.stringify(first).replace(known, wanted));
    expect((await run('plan', '.')).stdout).toContain(`the lock file has another ${server.url}/tool`);
    expect((await run('build', '.')).stderr).toContain(`it has ${wanted}`);
  });

  it('give way to what the recipe itself says of them', async () => {
    server.put('/tool', 'pinned');
    const checksum = createHash('sha256').update('pinned').digest('hex');
    await recipe([fetching('tool', `${server.url}/tool`, { checksum })]);
    expect(await built()).toEqual(['tool']);
    expect((await entries()).get('tool')?.downloads).toMatchObject([{ digest: `sha256:${checksum}` }]);
  });
});

async function lockFile(): Promise<LockFile> {
  return JSON.parse(await readFile(join(space.folder, 'gild.lock'), 'utf8')) as LockFile;
}
