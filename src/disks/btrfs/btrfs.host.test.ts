import { rm, statfs, truncate } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { output } from '../../support/process.ts';
import { derivedUuid } from '../identifiers.ts';
import { expectedTree, readMounted } from '../testing/mounted-tree.ts';
import { largeSparseTree, type Member, oddTrees } from '../testing/odd-trees.ts';
import { useScratchImage, writtenTwice } from '../testing/test-image.ts';
import { testOptions, writeTreeWith } from '../testing/write-tree.ts';
import type { FileSystemSize } from '../types.ts';
import { createBtrfsWriter } from './writer.ts';

const mebibyte = 2 ** 20;

const scratch = useScratchImage('btrfs');

/** The kernel may be slow to let a file system go, and would not have two of one UUID. */
let tests = 0;
beforeEach(() => {
  tests++;
});

function write(members: readonly Member[], size: FileSystemSize = testOptions.size, path = scratch.image) {
  const seed = `${scratch.folder} ${tests}`;
  const options = { ...testOptions, uuid: derivedUuid(seed, 'test'), seed, size };
  return writeTreeWith((target) => createBtrfsWriter(target, options), path, members);
}

async function check(): Promise<void> {
  expect(await output(['btrfs', 'check', '--check-data-csum', scratch.image])).toContain('no error found');
}

describe('a btrfs file system', () => {
  it.each(Object.keys(oddTrees))('is sound, and the kernel finds in it what was put in: %s', async (name) => {
    const members = oddTrees[name]?.() ?? [];
    await write(members);
    await check();
    await output(['mount', '-o', 'loop,ro', scratch.image, scratch.mounted]);
    expect(await readMounted(scratch.mounted)).toEqual(expectedTree(members, ['']));
  });

  it('holds a file of more than 4 GiB in a few blocks', async () => {
    const { size } = await write(largeSparseTree());
    await check();
    expect(size).toBeLessThan(64 * mebibyte);
  });

  it('is the same from one run to the next', async () => {
    const members = oddTrees['an access list, a capability and an attribute']?.() ?? [];
    const [one, other] = await writtenTwice(scratch, (path) => write(members, testOptions.size, path));
    expect(other).toBe(one);
  });

  it('has the size that was asked for, or says how much it would need', async () => {
    const members = oddTrees['a file longer than an extent']?.() ?? [];
    for (const mebibytes of [165, 500, 9000]) {
      const { size } = await write(members, { kind: 'fixed', bytes: mebibytes * mebibyte });
      expect(size).toBe(mebibytes * mebibyte);
      await check();
      await rm(scratch.image);
    }
    await expect(write(members, { kind: 'fixed', bytes: 100 * mebibyte })).rejects.toMatchObject({
      code: 'DISK_TOO_SMALL',
      message: expect.stringMatching(/of 100 MiB: it needs 16\d MiB/),
    });
  });

  it('can be written to and grow while it is mounted', async () => {
    const members = oddTrees['twenty thousand small files']?.() ?? [];
    await write(members, { kind: 'fit', headroom: 256 * mebibyte });
    await truncate(scratch.image, 4 * 1024 * mebibyte);
    await output(['mount', '-o', 'loop', scratch.image, scratch.mounted]);
    await output(['btrfs', 'filesystem', 'resize', 'max', scratch.mounted]);
    await output(['dd', 'if=/dev/urandom', `of=${scratch.mounted}/new`, 'bs=1M', 'count=100', 'status=none']);
    await output(['btrfs', 'scrub', 'start', '-B', scratch.mounted]);
    expect((await statfs(scratch.mounted)).blocks * 4096).toBeGreaterThan(3.8 * 1024 * mebibyte);
    // Namespaces of others may hold a copy of the mount: unmounting does not yet mean that all is written.
    await output(['mount', '-o', 'remount,ro', scratch.mounted]);
    await output(['umount', scratch.mounted]);
    await check();
  });
});
