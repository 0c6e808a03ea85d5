import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHost } from '../host/host.ts';
import type { DiskSpec } from '../model/disk.ts';
import { sha256 } from '../support/canonical.ts';
import { output } from '../support/process.ts';
import { impliedDirectory, noXattrs } from '../support/tar/entry.ts';
import { buildDisk, rootUuid } from './build-disk.ts';
import type { ReadTree } from './types.ts';

const mebibyte = 2 ** 20;
const spec: DiskSpec = {
  headroom: 16 * mebibyte,
  firmware: ['bios', 'uefi'],
  kernelOptions: '',
  keep: [],
};

let folder: string;
let made = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-disk-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function build(changes: Partial<DiskSpec> = {}, seed = 'seed') {
  const path = join(folder, `${++made}.raw`);
  const host = createHost({ home: join(folder, 'home') });
  const request = { host, seed, spec: { ...spec, ...changes }, epoch: 1_700_000_000, path };
  const disk = await buildDisk(readTree, request);
  await disk.close();
  return { path, size: disk.size };
}

const readTree: ReadTree = async (sink, settled) => {
  sink.entry(impliedDirectory('boot', 1_700_000_000, 0));
  const content = Buffer.from('kernel\n');
  sink.entry({
    ...impliedDirectory('boot/vmlinuz', 1_700_000_000, 0),
    type: 'file',
    mode: 0o644,
    size: content.length,
    xattrs: noXattrs,
  });
  sink.data(content);
  await settled();
  sink.end();
};

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
    await expect(readFile(join(folder, `${made}.raw`))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
