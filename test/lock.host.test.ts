import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openWorkspace, script, smallRecipe, type Workspace } from './support/workspace.ts';

let space: Workspace;
const lockFile = () => join(space.folder, 'gild.lock');
const readLock = async () => JSON.parse(await readFile(lockFile(), 'utf8'));

beforeAll(async () => {
  space = await openWorkspace('lock');
  await space.write('recipe.json', smallRecipe({ components: [{ name: 'greeter' }, script('true', 'own')] }));
});
afterAll(() => space.remove());
beforeEach(async () => {
  await rm(lockFile(), { force: true });
  await rm(join(space.folder, 'components'), { recursive: true, force: true });
  await greeter('1.0.0');
});

const greeter = (version: string, text = version) =>
  space.write(
    `components/greeter/${version}.yaml`,
    JSON.stringify({
      schemaVersion: 1,
      phases: [
        {
          name: 'build',
          steps: [
            { name: 'Greet', action: 'ExecuteBash', inputs: { commands: [`echo ${text} > /etc/greeting`] } },
          ],
        },
      ],
    }),
  );

describe('gild.lock', () => {
  it('is not made by a build', async () => {
    expect((await space.gild(['build', '.'])).exitCode).toBe(0);
    await expect(readLock()).rejects.toThrow();
  });

  it('holds a component at its version until it is told to look again', async () => {
    expect((await space.gild(['lock', '.'])).stdout).toBe('gild.lock is made.\n');
    await greeter('1.1.0');
    expect((await space.gild(['plan', '.', '--json'])).stdout).toContain('echo 1.0.0');
    expect((await space.gild(['lock', '.'])).stdout).toBe('gild.lock is up to date.\n');
    const again = await space.gild(['lock', '.', '--update', 'greeter']);
    expect(again.stdout).toBe('gild.lock:\n  greeter@latest: 1.0.0 -> 1.1.0\n');
    expect((await space.gild(['plan', '.', '--json'])).stdout).toContain('echo 1.1.0');
  });

  it('is completed by a build, and left alone by a frozen one', async () => {
    await space.gild(['lock', '.']);
    const { components, ...others } = await readLock();
    await writeFile(lockFile(), JSON.stringify({ ...others, components: components.slice(1) }));
    const frozen = await space.gild(['build', '.', '--frozen']);
    expect(frozen).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('greeter@latest: not locked'),
    });
    expect((await readLock()).components.length).toBe(1);
    expect((await space.gild(['build', '.'])).exitCode).toBe(0);
    expect((await readLock()).components).toEqual(components);
    expect((await space.gild(['build', '.', '--frozen'])).exitCode).toBe(0);
  });

  it('has to be there for a frozen build', async () => {
    const { exitCode, stderr } = await space.gild(['build', '.', '--frozen']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('There is no lock file');
  });

  it('does not fit a component that was changed under its version', async () => {
    await space.gild(['lock', '.']);
    await greeter('1.0.0', 'something else');
    const { exitCode, stderr } = await space.gild(['build', '.', '--frozen']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('greeter@latest: 1.0.0 has other content');
  });

  it('that is broken stops a build, and is left as it is', async () => {
    await writeFile(lockFile(), '<<<<<<< HEAD');
    const { exitCode, stderr } = await space.gild(['build', '.']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('is no lock file of Gild');
    expect(await readFile(lockFile(), 'utf8')).toBe('<<<<<<< HEAD');
  });

  it('says what it has where something else is to be updated', async () => {
    await space.gild(['lock', '.']);
    const { exitCode, stderr } = await space.gild(['lock', '.', '--update', 'nothing']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('It has base, components, downloads, packages, greeter, own.');
  });
});
