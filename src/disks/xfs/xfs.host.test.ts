import { rm, statfs, truncate } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { output } from '../../support/process.ts';
import { expectedTree, readMounted } from '../testing/mounted-tree.ts';
import { file, largeSparseTree, type Member, oddTrees, other } from '../testing/odd-trees.ts';
import { useScratchImage, writtenTwice } from '../testing/test-image.ts';
import { testOptions, writeTreeWith } from '../testing/write-tree.ts';
import type { FileSystemSize } from '../types.ts';
import { createXfsWriter } from './writer.ts';

const mebibyte = 2 ** 20;

const scratch = useScratchImage('xfs');

function write(members: readonly Member[], size: FileSystemSize = testOptions.size, path = scratch.image) {
  const options = { ...testOptions, size };
  return writeTreeWith((target) => createXfsWriter(target, options), path, members);
}

/** Its exit code says whether it would change something. */
async function check(): Promise<void> {
  await output(['xfs_repair', '-n', scratch.image]);
}

const refused: Readonly<Record<string, string>> = {
  'a symbolic link of 4095 bytes': 'xfs knows no links to 4095 bytes',
  'devices with large numbers': 'xfs knows no device with the numbers 4095 and 1048575',
};
/** Limits of ext4 that xfs has not. */
const unlimited = ['more folders than links can be counted', 'a file longer than an extent'];
const held = Object.keys(oddTrees).filter((name) => !(name in refused || unlimited.includes(name)));

/** The kernel would not have two of one UUID, and may be slow to let the one before go. */
function mount(...options: readonly string[]): Promise<string> {
  return output(['mount', '-o', ['loop', 'nouuid', ...options].join(), scratch.image, scratch.mounted]);
}

/** Without the second names by which xfs shows access lists to root. */
async function found(): Promise<Map<string, unknown>> {
  const all = (await readMounted(scratch.mounted)) as Map<string, { xattrs: [string, Buffer][] }>;
  for (const entry of all.values())
    entry.xattrs = entry.xattrs.filter(([name]) => !name.startsWith('trusted.SGI_ACL_'));
  return all;
}

describe('an xfs file system', () => {
  it.each(held)('is sound, and the kernel finds in it what was put in: %s', async (name) => {
    const members = oddTrees[name]?.() ?? [];
    await write(members);
    await check();
    await mount('ro');
    expect(await found()).toEqual(expectedTree(members, ['']));
  });

  it.each(Object.keys(refused))('is refused what it cannot hold: %s', async (name) => {
    await expect(write(oddTrees[name]?.() ?? [])).rejects.toMatchObject({
      code: 'ARCHIVE_REFUSED',
      message: expect.stringContaining(refused[name] as string),
    });
  });

  it('holds attributes of more than a block, and of 64 KiB, in files and folders with many extents', async () => {
    const bytes = (length: number) => Buffer.alloc(length, 'gild');
    const long = new Map([['user.long', bytes(65_536)]]);
    const many = new Map(
      Array.from({ length: 300 }, (_, index) => [`user.n${index}`, bytes(60 + (index % 7) * 500)]),
    );
    const short = new Map([['user.short', bytes(250)]]);
    const pieces = Array.from({ length: 600 }, () => [bytes(4096), 65_536]).flat();
    const members = [
      other('a', 'directory', { xattrs: long }),
      ...Array.from({ length: 700 }, (_, index) => file(`a/${1000 + index}`, [])),
      file('b', pieces, { xattrs: many }),
      file('c', pieces, { xattrs: short }),
      other('d', 'symlink', { target: 't'.repeat(1023), mode: 0o777 }),
      other('e', 'symlink', { target: 't'.repeat(336), mode: 0o777 }),
      other('f', 'char', { major: 511, minor: 262_143, xattrs: new Map([['trusted.x', bytes(9)]]) }),
    ];
    await write(members);
    await check();
    await mount('ro');
    expect(await found()).toEqual(expectedTree(members, ['']));
  });

  it('takes access lists once from a tree that was read from xfs, which shows them twice', async () => {
    const [member] = (oddTrees['access lists']?.() ?? []) as [Member];
    const { entry } = member;
    const xattrs = new Map([...entry.xattrs, ['trusted.SGI_ACL_FILE', Buffer.alloc(16)]]);
    await write([{ ...member, entry: { ...entry, xattrs } }]);
    await check();
    await mount('ro');
    expect(await found()).toEqual(expectedTree([member], ['']));
  });

  it('names the attributes that it does not know', async () => {
    const members = [file('f', [], { xattrs: new Map([['system.other', Buffer.from('1')]]) })];
    await expect(write(members)).rejects.toMatchObject({
      code: 'ARCHIVE_REFUSED',
      message: expect.stringContaining('`system.other` is of a kind that xfs does not know'),
    });
  });

  it('holds a file of more than 4 GiB in a few blocks', async () => {
    const { extents } = await write(largeSparseTree());
    await check();
    expect(extents.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(2 * mebibyte);
  });

  it('is the same from one run to the next', async () => {
    const members = oddTrees['an access list, a capability and an attribute']?.() ?? [];
    const [one, another] = await writtenTwice(scratch, (path) => write(members, testOptions.size, path));
    expect(another).toBe(one);
  });

  it('has the size that was asked for, or says how much it would need', async () => {
    const members = oddTrees['a file of many pieces']?.() ?? [];
    for (const mebibytes of [300, 500, 9000]) {
      const { size } = await write(members, { kind: 'fixed', bytes: mebibytes * mebibyte });
      expect(size).toBe(mebibytes * mebibyte);
      await check();
      await rm(scratch.image);
    }
    const long = oddTrees['content across the heads of groups']?.() ?? [];
    const tooSmall = [
      { mebibytes: 100, needed: '300', of: [] },
      { mebibytes: 300, needed: '4\\d\\d', of: long },
    ];
    for (const { mebibytes, needed, of } of tooSmall) {
      await expect(write(of, { kind: 'fixed', bytes: mebibytes * mebibyte })).rejects.toMatchObject({
        code: 'DISK_TOO_SMALL',
        message: expect.stringMatching(`of ${mebibytes} MiB: it needs ${needed} MiB`),
      });
      await rm(scratch.image);
    }
  });

  it('can be written to and grow while it is mounted', async () => {
    const members = oddTrees['twenty thousand small files']?.() ?? [];
    await write(members, { kind: 'fit', headroom: 256 * mebibyte });
    await truncate(scratch.image, 4 * 1024 * mebibyte);
    await mount();
    const { bavail, bsize } = await statfs(scratch.mounted);
    expect(bavail * bsize).toBeGreaterThanOrEqual(256 * mebibyte);
    await output(['xfs_growfs', scratch.mounted]);
    await output(['dd', 'if=/dev/urandom', `of=${scratch.mounted}/new`, 'bs=1M', 'count=100', 'status=none']);
    await output(['rm', '-r', `${scratch.mounted}/000`, `${scratch.mounted}/050`]);
    await output(['cp', '-a', `${scratch.mounted}/001`, `${scratch.mounted}/copy`]);
    expect((await statfs(scratch.mounted)).blocks * bsize).toBeGreaterThan(3.8 * 1024 * mebibyte);
    // Namespaces of others may hold a copy of the mount: unmounting does not yet mean that all is written.
    await output(['mount', '-o', 'remount,ro', scratch.mounted]);
    await check();
  });
});
