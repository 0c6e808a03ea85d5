import { describe, expect, it } from 'vitest';
import { diagnose } from './recipe-fixture.ts';

/** The first line of each problem. */
async function problems(disk: string): Promise<string[]> {
  const text = await diagnose(`name: web\nversion: 1.0.0\ndisk:\n${disk.replace(/^/gm, '  ')}\n`);
  return text.split('\n').filter((line) => line.startsWith('RECIPE_INVALID: '));
}

describe('what a person is told about disks that cannot be', () => {
  it('a mount point that the root needs is refused, with the line', async () => {
    expect(
      await diagnose('name: web\nversion: 1.0.0\ndisk: { partitions: [{ mountPoint: /usr }] }\n'),
    ).toMatchInlineSnapshot(`
      "RECIPE_INVALID: \`/usr\` cannot be a partition of its own.
      recipe.yaml:3:36
        1 | name: web
        2 | version: 1.0.0
      > 3 | disk: { partitions: [{ mountPoint: /usr }] }
          |                                    ^
        4 |
      A system needs it on its root before it mounts anything. \`/home\`, \`/var\`, \`/srv\`, \`/opt\`, \`/tmp\` can be.

      recipe.yaml has a problem."
    `);
  });

  it.each([
    '/',
    '/boot',
    '/boot/efi',
    '/etc',
    '/lib64',
    '/usr/share',
    '/proc/x',
    'home',
    '/a/../b',
    '/a//b',
    '/a b',
  ])('no partition is mounted at %s', async (path) => {
    expect(await problems(`partitions: [{ mountPoint: "${path}" }]`)).toHaveLength(1);
  });

  it('two partitions for one mount point are too many', async () => {
    expect(await problems('partitions: [{ mountPoint: /home }, { mountPoint: /home }]')).toEqual([
      'RECIPE_INVALID: There are two partitions for `/home`.',
    ]);
  });

  it('a file system that nobody knows is named', async () => {
    expect(await problems('filesystem: ntfs')).toMatchInlineSnapshot(`
      [
        "RECIPE_INVALID: \`filesystem\` must be one of \`ext4\`, \`btrfs\` or \`xfs\`, found \`ntfs\`.",
      ]
    `);
  });

  it('sizes are whole mebibytes and large enough', async () => {
    expect(await problems('swap: 1500kB\npartitions: [{ mountPoint: /srv, size: 1MiB }]')).toEqual([
      'RECIPE_INVALID: Disks and partitions are whole mebibytes large.',
      'RECIPE_INVALID: It is too small: it has 16MiB at least.',
    ]);
  });

  it('xfs has 300 MiB at least, as a partition and as the root', async () => {
    expect(await problems('partitions: [{ mountPoint: /srv, size: 200MiB, filesystem: xfs }]')).toEqual([
      'RECIPE_INVALID: It is too small: it has 300MiB at least.',
    ]);
    expect(await problems('filesystem: xfs\nsize: 256MiB')).toEqual([
      'RECIPE_INVALID: A disk of 256MiB is too small: with all of its partitions, and 300MiB for the root, it needs 367MiB.',
    ]);
  });

  it('a disk of a size has room for what is on it, and partitions of a size', async () => {
    expect(
      await problems('size: 1GiB\nswap: 1GiB\npartitions: [{ mountPoint: /srv }]'),
    ).toMatchInlineSnapshot(`
      [
        "RECIPE_INVALID: A disk of 1024MiB is too small: with all of its partitions, and 16MiB for the root, it needs 1107MiB.",
        "RECIPE_INVALID: On a disk with a \`size\`, each partition needs one too.",
      ]
    `);
  });
});
