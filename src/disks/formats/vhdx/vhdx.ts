import { z } from 'zod';
import type { DiskImage } from '../../types.ts';
import { blockRuns, neighbours } from '../blocks.ts';
import { refuseLarger } from '../size-limit.ts';
import type { DiskFormat } from '../types.ts';
import { fileHead, mebibyte, metadataRegion, sectorSize, tableAt } from './structures.ts';

/** What Microsoft advises for Linux, which spreads what it writes. */
const blockSize = mebibyte;
/** An entry for a bitmap follows as many entries for blocks, also where no block has one. */
const blocksPerBitmap = (2 ** 23 * sectorSize) / blockSize;
const fullyPresent = 6n;
const largest = 64 * 1024 ** 4;

export const vhdx: DiskFormat = {
  name: 'vhdx',
  summary: 'For Hyper-V',
  mediaType: 'application/x-vhdx',
  schema: z.strictObject({}),
  extension: () => 'vhdx',
  async write({ disk, seed, signal }, _options, file) {
    refuseLarger(disk, largest, 'vhdx');
    const table = blockTable(disk);
    await file.append(fileHead(seed, table.length));
    await file.append(Buffer.alloc(mebibyte));
    await file.append(metadataRegion(disk, seed, blockSize));
    await file.append(table);
    for await (const { bytes } of neighbours(disk, blockSize, signal)) await file.append(bytes);
  },
};

/** Of each block its state and its offset in MiB. */
function blockTable(disk: DiskImage): Buffer {
  const blocks = Math.ceil(disk.size / blockSize);
  const entries = blocks + Math.floor((blocks - 1) / blocksPerBitmap);
  const table = Buffer.alloc(Math.ceil((entries * 8) / mebibyte) * mebibyte);
  let next = (tableAt + table.length) / mebibyte;
  for (const { first, end } of blockRuns(disk, blockSize)) {
    for (let index = first; index < end; index++) {
      const entry = index + Math.floor(index / blocksPerBitmap);
      table.writeBigUInt64LE((BigInt(next) << 20n) | fullyPresent, entry * 8);
      next += blockSize / mebibyte;
    }
  }
  return table;
}
