import { z } from 'zod';
import { derivedUuid } from '../identifiers.ts';
import type { DiskImage } from '../types.ts';
import { blockRuns, countBlocks, neighbours } from './blocks.ts';
import { refuseLarger } from './size-limit.ts';
import type { DiskFormat, FormatSource } from './types.ts';

/** `VDICore.h` of VirtualBox, version 1.1; numbers are little-endian. */
const version = 0x0001_0001;
const signature = 0xbeda_107f;
const headerSize = 400;
const mapAt = 512;
const sectorSize = 512;
const blockSize = 1024 * 1024;
const dynamic = 1;
/** In block numbers of 32 bits, without the two that mean something else. */
const largest = 2 ** 31 * blockSize;

export const vdi: DiskFormat = {
  name: 'vdi',
  summary: 'For VirtualBox',
  mediaType: 'application/x-virtualbox-vdi',
  schema: z.strictObject({}),
  extension: () => 'vdi',
  async write(source, _options, file) {
    const { disk, signal } = source;
    refuseLarger(disk, largest, 'vdi');
    const map = blockMap(disk);
    await file.append(vdiHeader(source, mapAt + map.length));
    await file.append(map);
    for await (const { bytes } of neighbours(disk, blockSize, signal)) await file.append(bytes);
  },
};

function vdiHeader({ disk, seed }: FormatSource, dataAt: number): Buffer {
  const header = Buffer.alloc(mapAt);
  header.write('<<< Oracle VM VirtualBox Disk Image >>>\n', 0, 'latin1');
  header.writeUInt32LE(signature, 64);
  header.writeUInt32LE(version, 68);
  header.writeUInt32LE(headerSize, 72);
  header.writeUInt32LE(dynamic, 76);
  header.writeUInt32LE(mapAt, 340);
  header.writeUInt32LE(dataAt, 344);
  header.writeUInt32LE(sectorSize, 360);
  header.writeBigUInt64LE(BigInt(disk.size), 368);
  header.writeUInt32LE(blockSize, 376);
  header.writeUInt32LE(Math.ceil(disk.size / blockSize), 384);
  header.writeUInt32LE(countBlocks(disk, blockSize), 388);
  derivedUuid(seed, 'vdi').copy(header, 392);
  derivedUuid(seed, 'vdi modification').copy(header, 408);
  return header;
}

/** Of each block its number in the file; all ones for one that is not there. Blocks start at a whole MiB. */
function blockMap(disk: DiskImage): Buffer {
  const length = Math.ceil(disk.size / blockSize) * 4;
  const map = Buffer.alloc(Math.ceil((mapAt + length) / blockSize) * blockSize - mapAt);
  map.fill(0xff, 0, length);
  let number = 0;
  for (const { first, end } of blockRuns(disk, blockSize)) {
    for (let index = first; index < end; index++) map.writeUInt32LE(number++, index * 4);
  }
  return map;
}
