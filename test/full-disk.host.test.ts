import { mkdir, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildOutcome } from '../src/build/types.ts';
import type { EventBody } from '../src/model/events.ts';
import { type GildError, toGildError } from '../src/support/errors.ts';
import { output } from '../src/support/process.ts';
import { almostBootable, bootComponent } from './support/dark-disk.ts';
import { buildHere, useHome } from './support/in-process.ts';
import { openWorkspace, script, smallRecipe, type Workspace } from './support/workspace.ts';

let space: Workspace;
let restore: () => void;

const mebibyte = 2 ** 20;
const plenty = '512m';

beforeAll(async () => {
  space = await openWorkspace('full-disk');
  await mkdir(space.home);
  await output(['mount', '-t', 'tmpfs', '-o', `size=${plenty}`, 'tmpfs', space.home]);
  restore = useHome(space.home);
  await space.write('components/bootable-linux/9.0.0.yaml', bootComponent(almostBootable));
  await build('first', {});
});

afterAll(async () => {
  restore();
  await output(['umount', space.home]);
  await space.remove();
});

/** Ten mebibytes that no compression makes smaller. */
const write = 'dd if=/dev/urandom of=/large bs=1M count=10';
const components = (run: string, name: string) => [script(`${run} # ${name}`)];

describe('a disk that gets full', () => {
  it.each([
    ['in a step', { free: 5, run: write }],
    ['in a step that removes what it wrote', { free: 5, run: `${write} || { rm /large; false; }` }],
    ['while a layer is captured', { free: 15, run: write }],
    ['while a disk is written', { free: 40, run: write, outputs: ['raw', 'qcow2'] }],
    ['while archives are written', { free: 36, run: write, outputs: ['docker-archive', 'rootfs'] }],
  ])('%s ends the build with a plain error, and leaves nothing', async (name, { free, run, ...fields }) => {
    const recipe = { components: components(run, name), ...fields };
    await leave(free * mebibyte);
    const failed = await failure(name, recipe);
    expect(failed).toMatchObject({
      code: 'NO_SPACE',
      kind: 'world',
      message: 'There is no space left on the disk that holds the store.',
      hint: 'Make some with `gild cache prune` and `gild rm`, or point GILD_HOME at a larger disk.',
    });
    expect(await halfWritten()).toEqual([]);
    await output(['mount', '-o', `remount,size=${plenty}`, space.home]);
    const again = await build(name, { ...recipe, components: components(write, name) });
    expect(again.status).toBe('success');
  });

  it.each([
    ['docker-archive', 'docker-archive', 2],
    ['raw', 'raw', 1],
  ])('ends a build before a component runs where its %s cannot be made', async (name, type, free) => {
    const recipe = { components: components(write, name), outputs: [type] };
    await leave(free * mebibyte);
    const events: EventBody[] = [];
    const failed = await failure(name, recipe, events);
    expect(failed).toMatchObject({
      code: 'NO_SPACE',
      message: expect.stringMatching(
        new RegExp(`^There is no .*: the output \`${type}\` needs .* at least, .* are free\\.$`),
      ),
    });
    expect(events.flatMap((event) => (event.type === 'step.started' ? [event.step] : []))).toEqual([
      'resolve',
      'base',
      'component/script',
    ]);
  });

  it('is named where it is that of an export', async () => {
    const small = join(space.folder, 'small');
    await mkdir(small);
    await output(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]);
    try {
      const { exitCode, stderr } = await space.gild(['export', 'while-archives-are-written', '--to', small]);
      expect(exitCode, stderr).toBe(3);
      expect(stderr).toContain(`NO_SPACE: There is no space left for ${small}/`);
      expect(await readdir(small)).toEqual([]);
    } finally {
      await output(['umount', small]);
    }
  });

  it('can be cleaned up', async () => {
    await leave(mebibyte);
    const { exitCode, stderr } = await space.gild(['rm', 'while-a-disk-is-written', '--all', '--unused']);
    expect(exitCode, stderr).toBe(0);
    const { bavail, bsize } = await statfs(space.home);
    expect(bavail * bsize).toBeGreaterThan(10 * mebibyte);
  });
});

async function build(name: string, recipe: object, events: EventBody[] = []): Promise<BuildOutcome> {
  const fields = { name: name.replaceAll(' ', '-'), disk: { firmware: ['bios'] }, ...recipe };
  const path = await space.write('recipe.json', smallRecipe(fields));
  return buildHere(path, { emit: (event) => void events.push(event) });
}

function failure(name: string, recipe: object, events?: EventBody[]): Promise<GildError> {
  return build(name, recipe, events).then(() => {
    throw new Error('the build did not fail');
  }, toGildError);
}

/** Makes the disk so small that no more is free. */
async function leave(bytes: number): Promise<void> {
  const { blocks, bfree, bsize } = await statfs(space.home);
  const size = (blocks - bfree) * bsize + bytes;
  await output(['mount', '-o', `remount,size=${size}`, space.home]);
}

async function halfWritten(): Promise<string[]> {
  const folders = ['scratch', 'blobs/incoming'].map((folder) => join(space.home, folder));
  const found = await Promise.all(
    folders.map((folder) => readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])),
  );
  return found.flat().flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []));
}
