import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createFormats } from '../src/disks/formats/made-formats.ts';
import { qcow2 } from '../src/disks/formats/qcow2/qcow2.ts';
import type { DiskFormat, Options } from '../src/disks/formats/types.ts';
import { vhdx } from '../src/disks/formats/vhdx/vhdx.ts';
import { vmdk } from '../src/disks/formats/vmdk/vmdk.ts';
import { openRawDisk } from '../src/disks/raw.ts';
import type { DiskImage } from '../src/disks/types.ts';
import { output } from '../src/support/process.ts';
import { debianLayer, epoch, openStores } from './tree.ts';
import type { Bench, BenchContext, Comparison } from './types.ts';

const rounds = 5;

export const ways: readonly {
  format: DiskFormat;
  options: Options;
  convert: readonly string[];
  ratio: number;
}[] = [
  {
    format: qcow2,
    options: { compression: 'zstd' },
    convert: ['-c', '-O', 'qcow2', '-o', 'compression_type=zstd'],
    ratio: 1,
  },
  { format: qcow2, options: { compression: 'zlib' }, convert: ['-c', '-O', 'qcow2'], ratio: 1 },
  { format: qcow2, options: { compression: 'none' }, convert: ['-O', 'qcow2'], ratio: 3 },
  {
    format: vmdk,
    options: { subformat: 'streamOptimized' },
    convert: ['-O', 'vmdk', '-o', 'subformat=streamOptimized'],
    ratio: 1,
  },
  { format: vhdx, options: {}, convert: ['-O', 'vhdx'], ratio: 3 },
];

export const formats: Bench = {
  name: 'formats',
  summary: 'a raw disk to the formats of hypervisors, against `qemu-img convert`',
  async *compare(context) {
    const path = await rawDisk(context);
    const disk = await openRawDisk(path);
    context.atEnd(() => disk.close());
    for (const way of ways) yield comparison(context, { path, disk }, way);
  },
};

function comparison(
  { folder }: BenchContext,
  { path, disk }: { path: string; disk: DiskImage },
  { format, options, convert, ratio }: (typeof ways)[number],
): Comparison {
  const converted = join(folder, `converted.${format.name}`);
  const check = async (file: string) => {
    await output(['qemu-img', 'compare', '-f', 'raw', '-F', format.name, path, file]);
  };
  let made: string;
  let work: string;
  return {
    what: [format.name, ...Object.values(options)].join(' '),
    inside: [
      'ours: read the data (its extents are known from when the disk was made), compress, hash, flush to disk',
      'peer: find the holes, read the data, compress; not hashed, not flushed; both from the page cache',
    ],
    ours: {
      name: `${format.name}.write`,
      prepare: async () => {
        work = await mkdtemp(join(folder, 'made-'));
      },
      run: async () => {
        made = (await createFormats({ ...facts, disk, folder: work }).made(format, options)).path;
      },
      tidy: async () => {
        await check(made);
        await rm(work, { recursive: true });
      },
    },
    peer: {
      name: `qemu-img convert ${convert.join(' ')}`,
      run: () => output(['qemu-img', 'convert', '-f', 'raw', ...convert, path, converted]),
      tidy: async () => {
        await check(converted);
        await rm(converted);
      },
    },
    goal: { ratio },
    rounds,
  };
}

export const facts = {
  seed: createHash('sha256').update('bench').digest('hex'),
  stem: 'bench-1.0.0',
  name: 'bench',
  version: '1.0.0',
  description: 'What the bench measures with',
  architecture: 'amd64',
  epoch,
};

/** A Debian tree in an ext4 of 1 GiB. */
async function rawDisk(context: BenchContext): Promise<string> {
  const stores = openStores(context, 'formats-home');
  const [tree = ''] = await stores.trees.directories([await debianLayer(context, stores)]);
  const path = join(context.folder, 'disk.raw');
  await output(['mke2fs', '-q', '-t', 'ext4', '-d', tree, path, '1G']);
  return path;
}
