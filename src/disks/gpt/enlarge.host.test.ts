import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { output } from '../../support/process.ts';
import { derivedUuid } from '../identifiers.ts';
import { type DiskPartition, writePartitions } from '../partitions.ts';
import { openRawDisk } from '../raw.ts';
import { createSparseFile } from '../sparse-file.ts';
import { bytesAt, sampleDisk, writeRaw } from '../testing/sample-disk.ts';
import type { DiskImage, DiskTarget } from '../types.ts';
import { enlargeDisk } from './enlarge.ts';

const mebibyte = 2 ** 20;

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-enlarge-'));
});
afterAll(() => rm(folder, { recursive: true }));

const newPath = () => join(folder, String(++count));

/** As found by looking at all of its bytes. */
async function extentsOf(disk: DiskImage) {
  const path = newPath();
  await writeRaw(disk, path);
  const written = await openRawDisk(path);
  await written.close();
  return { path, extents: written.extents };
}

describe('a disk that is made larger', () => {
  it('has its partitions and boot code where they were, and a second table at the new end', async () => {
    const path = newPath();
    const file = await createSparseFile(path);
    const mbr = Buffer.alloc(440, 7);
    const write = (target: DiskTarget) => target.write(0, Buffer.alloc(4096, 9));
    const partitions: DiskPartition[] = [
      { name: 'bios-boot', type: 'bios-boot', uuid: derivedUuid('1', ''), size: mebibyte, write },
      { name: 'root', type: 'root-amd64', uuid: derivedUuid('2', ''), size: 20 * mebibyte, write },
    ];
    await writePartitions(file, { diskUuid: derivedUuid('disk', ''), partitions, mbr });
    const extents = await file.finish(23 * mebibyte);
    const disk = await openRawDisk(path, extents);
    const before = await output(['sfdisk', '--dump', path]);
    const larger = await enlargeDisk(disk, 100 * mebibyte);
    const made = await extentsOf(larger);
    expect(await output(['sfdisk', '--verify', made.path])).toContain('No errors detected');
    const partitionLines = (dump: string) => dump.split('\n').filter((line) => /start=|label-id/.test(line));
    const after = (await output(['sfdisk', '--dump', made.path])).replaceAll(made.path, path);
    expect(partitionLines(after)).toEqual(partitionLines(before));
    expect(partitionLines(after)).toHaveLength(3);
    expect(made.extents).toEqual(larger.extents);
    expect((await bytesAt(larger, 0, 440)).equals(mbr)).toBe(true);
    expect((await bytesAt(larger, 22 * mebibyte, mebibyte)).equals(Buffer.alloc(mebibyte))).toBe(true);
    await disk.close();
  });

  it('is followed by zeros where it has no table', async () => {
    const disk = sampleDisk(3 * mebibyte, [{ offset: mebibyte, length: 2 * mebibyte }]);
    const larger = await enlargeDisk(disk, 5 * mebibyte);
    expect(larger.size).toBe(5 * mebibyte);
    expect((await extentsOf(larger)).extents).toEqual(larger.extents);
    expect(larger.extents).toEqual(disk.extents);
  });
});
