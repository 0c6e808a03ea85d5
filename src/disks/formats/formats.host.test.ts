import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { output } from '../../support/process.ts';
import { bytesAt, sampleDisk, writeRaw } from '../testing/sample-disk.ts';
import type { DiskImage } from '../types.ts';
import { diskFormats } from './index.ts';
import { createFormats } from './made-formats.ts';
import type { DiskFormat, FinishedFile, Options } from './types.ts';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const gibibyte = 1024 * mebibyte;

/** What QEMU calls the format of the disk within, and how to get at it where it is in an archive. */
interface Foreign {
  readonly driver: string;
  readonly member?: string;
  /** Whether `qemu-img check` knows it. */
  readonly checks: boolean;
  /** Sizes are rounded up to a whole number of this. */
  readonly unit?: number;
  /** QEMU's driver cannot tell holes: it would read 100 GiB of zeros. */
  readonly noHoles?: boolean;
  /** The partition table is looked at before the data is read. */
  readonly looksAtTable?: boolean;
}

const qcow2 = { driver: 'qcow2', checks: true };
const vmdk = { driver: 'vmdk', checks: true };
const vpc = { driver: 'vpc', checks: false, unit: mebibyte };

const everyWay: readonly [name: string, options: Options, foreign: Foreign][] = [
  ['raw', {}, { driver: 'raw', checks: false }],
  ['qcow2', { compression: 'zstd' }, qcow2],
  ['qcow2', { compression: 'zlib' }, qcow2],
  ['qcow2', { compression: 'none' }, qcow2],
  ['vmdk', { subformat: 'streamOptimized' }, vmdk],
  ['vmdk', { subformat: 'monolithicSparse' }, vmdk],
  ['vhd', { subformat: 'fixed' }, vpc],
  ['vhd', { subformat: 'dynamic' }, vpc],
  ['vhdx', {}, { driver: 'vhdx', checks: true, noHoles: true }],
  ['vdi', {}, { driver: 'vdi', checks: true }],
  ['ova', {}, { ...vmdk, member: 'web-1.0.0.vmdk' }],
  ['gce', {}, { driver: 'raw', checks: false, member: 'disk.raw', unit: gibibyte, looksAtTable: true }],
  ['box', { provider: 'libvirt' }, { ...qcow2, member: 'box.img' }],
  ['box', { provider: 'virtualbox' }, { ...vmdk, member: 'web-1.0.0.vmdk' }],
  ['incus', {}, { ...qcow2, member: 'rootfs.img' }],
];

const disks: Readonly<Record<string, DiskImage>> = {
  empty: sampleDisk(4 * mebibyte, []),
  'full of data': sampleDisk(5 * mebibyte, [{ offset: 0, length: 5 * mebibyte }]),
  'with data in its last sector only': sampleDisk(3 * mebibyte, [
    { offset: 3 * mebibyte - 512, length: 512 },
  ]),
  'of an odd size': sampleDisk(2 * mebibyte + 77 * 512, [
    { offset: 4096, length: 4096 },
    { offset: 2 * mebibyte, length: 77 * 512 },
  ]),
  'of one sector': sampleDisk(512, [{ offset: 0, length: 512 }]),
};

let folder: string;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-formats-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it('is run for every format', () => {
  expect(new Set(everyWay.map(([name]) => name))).toEqual(new Set(diskFormats.map(({ name }) => name)));
});

describe.each(everyWay)('the format %s with %o', (name, options, foreign) => {
  it.each(Object.keys(disks))('gives QEMU a disk %s back as it was', async (which) => {
    const disk = disks[which] as DiskImage;
    const file = await make(disk, name, options);
    await expectEqual(disk, await diskWithin(file, foreign), foreign);
  });

  it('gives QEMU any disk back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(anyDisk, async (disk) => {
        const file = await make(disk, name, options);
        await expectEqual(disk, await diskWithin(file, foreign), foreign);
      }),
      { numRuns: 4 },
    );
  });

  it('is the same byte for byte whenever it is made', async () => {
    const disk = disks['full of data'] as DiskImage;
    const [one, other] = await Promise.all([make(disk, name, options), make(disk, name, options)]);
    expect(other.digest).toBe(one.digest);
    expect((await output(['sha256sum', one.path])).slice(0, 64)).toBe(one.digest.replace('sha256:', ''));
    expect(await readFile(one.path)).toHaveLength(one.size);
  });

  it('reads the data of the disk once, and nothing else', async () => {
    const disk = sampleDisk(64 * mebibyte, [
      { offset: 0, length: 3 * mebibyte },
      { offset: 40 * mebibyte, length: 3 * mebibyte },
    ]);
    await make(disk, name, options);
    const ranges = disk.reads.slice(foreign.looksAtTable ? 1 : 0).toSorted((a, b) => a.offset - b.offset);
    for (const [index, { offset }] of ranges.entries()) {
      const before = ranges[index - 1];
      expect(offset).toBeGreaterThanOrEqual(before ? before.offset + before.length : 0);
    }
    const total = ranges.reduce((sum, { length }) => sum + length, 0);
    expect(total).toBeLessThanOrEqual(8 * mebibyte);
  });

  it('stops when it is told to, and leaves nothing', async () => {
    const controller = new AbortController();
    const disk = disks['full of data'] as DiskImage;
    const stopping: DiskImage = {
      ...disk,
      read: (offset, into) => {
        controller.abort();
        return disk.read(offset, into);
      },
    };
    await expect(make(stopping, name, options, controller.signal)).rejects.toThrow('aborted');
  });
});

it('makes a format once for all that contain it', async () => {
  const disk = sampleDisk(4 * mebibyte, [{ offset: 0, length: mebibyte }]);
  const { made } = formatsOf(disk);
  const ways = [
    ['box', { provider: 'libvirt' }],
    ['incus', {}],
    ['qcow2', { compression: 'zstd' }],
  ] as const;
  await Promise.all(ways.map(([name, options]) => made(formatOf(name), options)));
  expect(disk.reads).toEqual([{ offset: 0, length: mebibyte }]);
});

it('keeps what a format contains when another has taken it away', async () => {
  const disk = sampleDisk(4 * mebibyte, [{ offset: 0, length: mebibyte }]);
  const { made } = formatsOf(disk);
  await rm((await made(formatOf('qcow2'), {})).path);
  await rm((await made(formatOf('qcow2'), {})).path);
  const foreign = { ...qcow2, member: 'rootfs.img' };
  await expectEqual(disk, await diskWithin(await made(formatOf('incus'), {}), foreign), foreign);
});

it('makes an OVA whose parts agree with each other', async () => {
  const disk = sampleDisk(4 * mebibyte, [{ offset: 0, length: mebibyte }]);
  const file = await make(disk, 'ova', { cpus: 2, memory: 2048, firmware: 'efi' });
  const listing = await output(['tar', '--list', '--file', file.path]);
  expect(listing).toBe('web-1.0.0.ovf\nweb-1.0.0.mf\nweb-1.0.0.vmdk\n');
  const target = join(folder, `ova-${count++}`);
  await output(['mkdir', target]);
  await output(['tar', '--directory', target, '--extract', '--file', file.path]);
  const manifest = await readFile(join(target, 'web-1.0.0.mf'), 'utf8');
  const sums = manifest.replace(/^SHA256\((.*)\)= (.*)$/gm, '$2  $1');
  await output(['sha256sum', '--strict', '--check'], { cwd: target, stdin: Buffer.from(sums) });
  expect(JSON.parse(await output(['python3', '-c', readOvf, join(target, 'web-1.0.0.ovf')]))).toEqual({
    href: 'web-1.0.0.vmdk',
    size: (await output(['stat', '--format=%s', join(target, 'web-1.0.0.vmdk')])).trim(),
    capacity: String(disk.size),
    cpus: '2',
    memory: '2048',
    product: 'A server & <more>',
  });
});

const readOvf = `
import json, sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
ovf = "{http://schemas.dmtf.org/ovf/envelope/1}"
rasd = "{http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData}"
items = {item.findtext(rasd + "ResourceType"): item.findtext(rasd + "VirtualQuantity") for item in root.iter(ovf + "Item")}
file, disk, product = (next(root.iter(ovf + name)) for name in ["File", "Disk", "Product"])
print(json.dumps({"href": file.get(ovf + "href"), "size": file.get(ovf + "size"), "product": product.text,
  "capacity": disk.get(ovf + "capacity"), "cpus": items["3"], "memory": items["4"]}))`;

import { fc } from '../../../test/support/properties.ts';

/** Of which hypervisors write far less than the whole. */
const sparseWays = everyWay.filter(([name, { subformat }]) => name !== 'raw' && subformat !== 'fixed');

describe.each(sparseWays)('the format %s with %o', (name, options, foreign) => {
  it('holds a disk of 100 GiB with little in it', async () => {
    const disk = sampleDisk(100 * gibibyte, [
      { offset: 0, length: 1 * mebibyte },
      { offset: 37 * gibibyte + 12 * kibibyte, length: 200 * kibibyte },
      { offset: 100 * gibibyte - 64 * kibibyte, length: 64 * kibibyte },
    ]);
    const file = await make(disk, name, options);
    expect(file.size).toBeLessThan(40 * mebibyte);
    const path = await diskWithin(file, foreign);
    if (foreign.noHoles) await expectData(disk, path, foreign);
    else await expectEqual(disk, path, foreign);
  });
});

async function make(
  disk: DiskImage,
  name: string,
  options: Options,
  signal?: AbortSignal,
): Promise<FinishedFile> {
  return formatsOf(disk, signal).made(formatOf(name), options);
}

function formatsOf(disk: DiskImage, signal?: AbortSignal) {
  return createFormats({
    disk,
    folder,
    seed: 'sha256:00',
    stem: 'web-1.0.0',
    name: 'web',
    version: '1.0.0',
    description: 'A server & <more>',
    architecture: 'amd64',
    epoch: 1_700_000_000,
    signal,
  });
}

function formatOf(name: string): DiskFormat {
  const format = diskFormats.find((candidate) => candidate.name === name);
  if (!format) throw new Error(`There is no format ${name}.`);
  return format;
}

async function diskWithin(file: FinishedFile, { member }: Foreign): Promise<string> {
  if (member === undefined) return file.path;
  const target = join(folder, `unpacked-${count++}`);
  await output(['mkdir', target]);
  await output(['tar', '--directory', target, '--extract', '--file', file.path, member]);
  return join(target, member);
}

async function expectData(disk: DiskImage, path: string, { driver }: Foreign): Promise<void> {
  await output(['qemu-img', 'check', '-f', driver, path]);
  for (const { offset, length } of disk.extents) {
    const piece = join(folder, `piece-${count++}`);
    const block = 4 * kibibyte;
    const range = [`bs=${block}`, `skip=${offset / block}`, `count=${(offset + length) / block}`];
    await output(['qemu-img', 'dd', '-f', driver, '-O', 'raw', ...range, `if=${path}`, `of=${piece}`]);
    expect(Buffer.compare(await readFile(piece), await bytesAt(disk, offset, length))).toBe(0);
  }
}

/** Where the image is larger than the disk, `compare` wants the rest to be zeros. It skips holes. */
async function expectEqual(
  disk: DiskImage,
  path: string,
  { driver, checks, unit = 512 }: Foreign,
): Promise<void> {
  const expected = join(folder, `expected-${count++}.raw`);
  await writeRaw(disk, expected);
  const facts = JSON.parse(await output(['qemu-img', 'info', '--output=json', '-f', driver, path]));
  expect(facts['virtual-size']).toBe(Math.ceil(disk.size / unit) * unit);
  if (checks) await output(['qemu-img', 'check', '-f', driver, path]);
  await output(['qemu-img', 'compare', '-f', 'raw', '-F', driver, expected, path]);
  await rm(expected);
}

const anyDisk = fc
  .record({
    sectors: fc.integer({ min: 1, max: 12_000 }),
    pieces: fc.array(fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 400 })), {
      maxLength: 20,
    }),
    seed: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ sectors, pieces, seed }) => {
    let at = 0;
    const extents = pieces.map(([gap, length]) => {
      const offset = (at + gap) * 512;
      at += gap + length;
      return { offset, length: length * 512 };
    });
    return sampleDisk(Math.max(sectors, at) * 512, extents, seed);
  });
