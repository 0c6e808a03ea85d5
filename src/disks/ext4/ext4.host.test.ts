import { open, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { output } from '../../support/process.ts';
import { expectedTree, readMounted } from '../testing/mounted-tree.ts';
import { largeSparseTree, oddTrees } from '../testing/odd-trees.ts';
import { useScratchImage, writtenTwice } from '../testing/test-image.ts';
import { testOptions, writeTree } from '../testing/write-tree.ts';

const scratch = useScratchImage('ext4');

describe('an ext4 file system', () => {
  it.each(Object.keys(oddTrees))('is sound, and the kernel finds in it what was put in: %s', async (name) => {
    const members = oddTrees[name]?.() ?? [];
    await writeTree(scratch.image, members);
    await output(['e2fsck', '-fn', scratch.image]);
    await output(['mount', '-o', 'loop,ro', scratch.image, scratch.mounted]);
    expect(await readMounted(scratch.mounted)).toEqual(expectedTree(members, ['', 'lost+found']));
  });

  it('holds a file of more than 4 GiB in a few blocks, and two names of one device', async () => {
    const { extents } = await writeTree(scratch.image, largeSparseTree());
    await output(['e2fsck', '-fn', scratch.image]);
    await output(['mount', '-o', 'loop,ro', scratch.image, scratch.mounted]);
    const large = await open(join(scratch.mounted, 'large'));
    const { size, blocks } = await large.stat();
    const { buffer } = await large.read(Buffer.alloc(16), 0, 11, size - 11);
    await large.close();
    expect({ size, blocks }).toEqual({ size: 4 * 1024 ** 3 + 1, blocks: 24 });
    expect(buffer.readUIntBE(0, 5)).toBe(0);
    expect(buffer.readUIntBE(5, 6)).not.toBe(0);
    expect(extents.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(2 * 1024 ** 2);
    const [one, two] = await Promise.all(
      ['null', 'null-too'].map((name) => stat(join(scratch.mounted, name))),
    );
    expect([one?.ino, one?.nlink]).toEqual([two?.ino, 2]);
  });

  it('is the same from one run to the next', async () => {
    const members = oddTrees['an access list, a capability and an attribute']?.() ?? [];
    const [one, other] = await writtenTwice(scratch, (path) => writeTree(path, members));
    expect(other).toBe(one);
  });

  it('has the size that was asked for, or says how much it would need', async () => {
    const members = oddTrees['a file longer than an extent']?.() ?? [];
    const fixed = (mebibytes: number) => ({
      ...testOptions,
      size: { kind: 'fixed', bytes: mebibytes * 1024 ** 2 } as const,
    });
    for (const mebibytes of [160, 500, 9000]) {
      const { size } = await writeTree(scratch.image, members, fixed(mebibytes));
      expect(size).toBe(mebibytes * 1024 ** 2);
      await output(['e2fsck', '-fn', scratch.image]);
      await rm(scratch.image);
    }
    await expect(writeTree(scratch.image, members, fixed(100))).rejects.toMatchObject({
      code: 'DISK_TOO_SMALL',
      message: expect.stringMatching(/of 100 MiB: it needs 14\d MiB/),
    });
  });

  it('can grow', async () => {
    const members = oddTrees['twenty thousand small files']?.() ?? [];
    await writeTree(scratch.image, members);
    await output(['resize2fs', scratch.image, '4G']);
    await output(['e2fsck', '-fn', scratch.image]);
    await output(['mount', '-o', 'loop,ro', scratch.image, scratch.mounted]);
    expect(await readMounted(scratch.mounted)).toEqual(expectedTree(members, ['', 'lost+found']));
    expect((await statfs(scratch.mounted)).blocks * 4096).toBeGreaterThan(3.8 * 1024 ** 3);
  });
});
