import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHost } from '../host/host.ts';
import type { DiskSpec, MountedPartition } from '../model/disk.ts';
import { sha256 } from '../support/canonical.ts';
import { toGildError } from '../support/errors.ts';
import { output } from '../support/process.ts';
import { impliedDirectory } from '../support/tar/entry.ts';
import { buildDisk, rootUuid } from './build-disk.ts';
import type { EspFiles } from './esp.ts';
import type { ReadTree } from './types.ts';

const mebibyte = 2 ** 20;
const spec: DiskSpec = {
  headroom: 16 * mebibyte,
  filesystem: 'ext4',
  partitions: [],
  firmware: ['bios', 'uefi'],
  boot: 'grub',
  secureBoot: false,
  kernelOptions: '',
  keep: [],
};

const plain = { filesystem: 'ext4', headroom: 8 * mebibyte, options: [] } as const;
const partitions: readonly MountedPartition[] = [
  { ...plain, mountPoint: '/srv', size: 16 * mebibyte },
  { ...plain, mountPoint: '/home' },
  { ...plain, mountPoint: '/var/tmp' },
];

let folder: string;
let made = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-disk-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function build(changes: Partial<DiskSpec> = {}, seed = 'seed', esp: EspFiles = new Map()) {
  const path = join(folder, `${++made}.raw`);
  const host = createHost({ home: join(folder, 'home') });
  const request = { host, seed, spec: { ...spec, ...changes }, esp, epoch: 1_700_000_000, path };
  const disk = await buildDisk(readTree, request);
  await disk.close();
  return { path, size: disk.size };
}

const readTree: ReadTree = async (sink, settled) => {
  for (const [path, text] of [
    ['boot/vmlinuz', 'kernel\n'],
    ['home/me/notes', 'notes\n'],
  ] as const) {
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1))
      sink.entry(impliedDirectory(path.slice(0, at), 1_700_000_000, 0));
    const content = Buffer.from(text);
    const entry = impliedDirectory(path, 1_700_000_000, 0);
    sink.entry({ ...entry, type: 'file', mode: 0o644, size: content.length });
    sink.data(content);
    await settled();
  }
  sink.end();
};

/** Files of the disk made last. */
async function leftOf(number: number): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith(`${number}.raw`));
}

/** One partition of the disk in a file of its own. */
async function partition(disk: string, number: number): Promise<string> {
  const table = JSON.parse(await output(['sfdisk', '--json', disk]));
  const { start, size } = table.partitiontable.partitions[number - 1];
  const path = `${disk}.${number}`;
  await output([
    ...['dd', `if=${disk}`, `of=${path}`, 'bs=512', `skip=${start}`, `count=${size}`, 'conv=sparse'],
    'status=none',
  ]);
  return path;
}

describe('a disk', () => {
  it('has partitions and file systems that their own tools find nothing wrong with', async () => {
    const { path } = await build();
    expect(await output(['sfdisk', '--verify', path])).toContain('No errors detected');
    await output(['fsck.vfat', '-n', await partition(path, 2)]);
    const root = await partition(path, 3);
    await output(['e2fsck', '-fn', root]);
    expect(await output(['debugfs', '-R', 'cat /boot/vmlinuz', root])).toBe('kernel\n');
    expect(await output(['debugfs', '-R', 'ls -p /', root])).toMatch(/\/dev\/.*\n(.*\n)*.*\/tmp\//);
    expect(await output(['debugfs', '-R', 'stats', root])).toContain(rootUuid('seed'));
  });

  it('gives UEFI what the tree has for it, in a partition of that size', async () => {
    const loader = Buffer.alloc(70 * mebibyte, 'x');
    const esp = new Map([['EFI/BOOT/BOOTX64.EFI', loader]]);
    const { path } = await build({ firmware: ['uefi'] }, 'seed', esp);
    const image = await partition(path, 2);
    expect((await stat(image)).size).toBe(86 * mebibyte);
    expect(await output(['fsck.vfat', '-n', '-l', image])).toContain('/EFI/BOOT/BOOTX64.EFI');
    expect((await readFile(image)).includes(loader)).toBe(true);
  });

  it('is the same whenever it is made of the same', async () => {
    const digests = await Promise.all(
      [build(), build()].map(async (disk) => sha256(await readFile((await disk).path))),
    );
    expect(new Set(digests).size).toBe(1);
    expect(sha256(await readFile((await build({}, 'another')).path))).not.toBe(digests[0]);
  });

  it('has the size that was asked for, and no room for what UEFI needs where nobody asked for that', async () => {
    const { path, size } = await build({ size: 256 * mebibyte, firmware: ['bios'] });
    expect(size).toBe(256 * mebibyte);
    expect(JSON.parse(await output(['sfdisk', '--json', path])).partitiontable.partitions).toHaveLength(2);
  });

  it('is refused in a size that nothing fits into, and leaves no file', async () => {
    await expect(build({ size: 20 * mebibyte })).rejects.toMatchObject({ code: 'DISK_TOO_SMALL' });
    expect(await leftOf(made)).toEqual([]);
  });

  it('has partitions of their own for swap and for what is mounted, whether their size is known before or not', async () => {
    const { path } = await build({ swap: 32 * mebibyte, partitions });
    expect(await output(['sfdisk', '--verify', path])).toContain('No errors detected');
    const { partitiontable } = JSON.parse(await output(['sfdisk', '--json', path]));
    expect(partitiontable.partitions.map((each: { name: string }) => each.name)).toEqual([
      ...['bios-boot', 'esp', 'swap', 'srv', 'home', 'var-tmp', 'root'],
    ]);
    const files = await Promise.all([3, 4, 5, 6, 7].map((number) => partition(path, number)));
    const [swap = '', srv = '', home = '', varTmp = '', root = ''] = files;
    expect(await output(['swaplabel', swap])).toMatch(/^LABEL: +swap\nUUID: +[0-9a-f-]{36}\n$/);
    for (const each of [srv, home, varTmp, root]) await output(['e2fsck', '-fn', each]);
    expect((await stat(srv)).size).toBe(16 * mebibyte);
    expect(await output(['debugfs', '-R', 'cat /me/notes', home])).toBe('notes\n');
    expect(await output(['debugfs', '-R', 'stat /', varTmp])).toMatch(/Mode: +01777/);
    expect(await output(['debugfs', '-R', 'stat /var/tmp', root])).toMatch(/Mode: +01777/);
    expect(await output(['debugfs', '-R', 'ls -p /home', root])).not.toContain('me');
    expect(await output(['debugfs', '-R', 'cat /boot/vmlinuz', root])).toBe('kernel\n');
    const digests = [path, (await build({ swap: 32 * mebibyte, partitions })).path].map(async (file) =>
      sha256(await readFile(file)),
    );
    expect(new Set(await Promise.all(digests)).size).toBe(1);
  });

  it('has a root and partitions of btrfs', async () => {
    const [srv, home] = partitions as [MountedPartition, MountedPartition];
    const sized = { ...srv, filesystem: 'btrfs', size: 64 * mebibyte } as const;
    const { path } = await build({ filesystem: 'btrfs', partitions: [sized, home], firmware: ['bios'] });
    for (const number of [2, 4])
      expect(await output(['btrfs', 'check', await partition(path, number)])).toContain('no error found');
    expect(await output(['btrfs', 'filesystem', 'show', `${path}.4`])).toContain(rootUuid('seed'));
    await output(['e2fsck', '-fn', await partition(path, 3)]);
  });

  it('has a root and partitions of xfs', async () => {
    const [srv, home] = partitions as [MountedPartition, MountedPartition];
    const xfs = { ...srv, filesystem: 'xfs', size: 300 * mebibyte } as const;
    const { path } = await build({ filesystem: 'xfs', partitions: [xfs, home], firmware: ['bios'] });
    for (const number of [2, 4]) await output(['xfs_repair', '-n', await partition(path, number)]);
    const said = await output(['xfs_admin', '-lu', `${path}.4`]);
    expect(said).toBe(`label = "root"\nUUID = ${rootUuid('seed')}\n`);
    await output(['e2fsck', '-fn', await partition(path, 3)]);
  });

  it('leaves what its partitions do not take to the root, where it has a size', async () => {
    const sized = partitions.map((each) => ({ ...each, size: 16 * mebibyte }));
    const { path, size } = await build({ size: 256 * mebibyte, partitions: sized, firmware: ['bios'] });
    expect(size).toBe(256 * mebibyte);
    expect((await stat(await partition(path, 5))).size).toBe((256 - 1 - 1 - 3 * 16 - 1) * mebibyte);
    await output(['e2fsck', '-fn', `${path}.5`]);
  });

  it('says which partition is too small, and leaves no file', async () => {
    const [srv, home] = partitions as [MountedPartition, MountedPartition];
    const small = [srv, { ...home, size: 4 * mebibyte }];
    await expect(build({ partitions: small })).rejects.toMatchObject({
      code: 'DISK_TOO_SMALL',
      message: expect.stringContaining('The partition for `/home` is too small.'),
    });
    expect(await leftOf(made)).toEqual([]);
  });

  it('is refused where a mount point is no folder, and leaves no file', async () => {
    const [home] = partitions as [MountedPartition];
    const inFile = [{ ...home, mountPoint: '/boot/vmlinuz/x' }, ...partitions];
    await expect(build({ partitions: inFile })).rejects.toMatchObject({ code: 'MOUNT_POINT_INVALID' });
    expect(await leftOf(made)).toEqual([]);
  });

  it('says so where the host has no space for it, and leaves no file', async () => {
    const small = join(folder, 'small');
    await mkdir(small);
    await output(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]);
    try {
      const request = { seed: 'seed', esp: new Map(), epoch: 1_700_000_000, path: join(small, 'disk.raw') };
      const host = createHost({ home: join(folder, 'home') });
      const building = buildDisk(readTree, { ...request, host, spec: { ...spec, partitions } });
      const thrown = toGildError(await building.catch((error: unknown) => error));
      expect(thrown.code).toBe('NO_SPACE');
      expect(await readdir(small)).toEqual([]);
    } finally {
      await output(['umount', small]);
    }
  });
});
