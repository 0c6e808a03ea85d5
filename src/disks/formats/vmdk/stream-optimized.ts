import { unreadBlocks } from '../blocks.ts';
import { compressBlocks } from '../compress-blocks.ts';
import type { FormatFile, FormatSource } from '../types.ts';
import { vmdkDescriptor } from './descriptor.ts';
import {
  directoryAtEnd,
  grainSectors,
  grainSize,
  grainsPerTable,
  sectorSize,
  sparseHeader,
  tableSize,
  toSectors,
} from './sparse-header.ts';

const markerTypes = { end: 0, table: 1, directory: 2, footer: 3 };

/** Grains one after the other, each table behind its grains, the directory and the true header at the end. */
export async function writeStreamOptimized(source: FormatSource, file: FormatFile): Promise<void> {
  const { disk, signal } = source;
  const capacity = disk.size / sectorSize;
  const fields = { capacity, redundantDirectory: 0, overhead: grainSectors, compressed: true };
  await file.append(sparseHeader({ ...fields, directory: directoryAtEnd }));
  await file.append(vmdkDescriptor(source, 'streamOptimized'));
  await file.append(Buffer.alloc(grainSectors * sectorSize - file.size));
  const directory = Buffer.alloc(Math.ceil(Math.ceil(capacity / grainSectors) / grainsPerTable) * 4);
  let table = Buffer.alloc(tableSize);
  let number: number | undefined;
  const finishTable = async () => {
    if (number === undefined) return;
    await file.append(marker('table', tableSize / sectorSize));
    directory.writeUInt32LE((await file.append(table)) / sectorSize, number * 4);
    table = Buffer.alloc(tableSize);
  };
  const blocks = unreadBlocks(disk, grainSize, signal);
  for await (const { index, packed } of compressBlocks(blocks, 'zlib', grainSize)) {
    const itsTable = Math.floor(index / grainsPerTable);
    if (itsTable !== number) await finishTable();
    number = itsTable;
    const at = await file.append(grainWithMarker(index * grainSectors, packed));
    table.writeUInt32LE(at / sectorSize, (index % grainsPerTable) * 4);
  }
  await finishTable();
  const padded = toSectors(directory);
  await file.append(marker('directory', padded.length / sectorSize));
  const directoryAt = (await file.append(padded)) / sectorSize;
  await file.append(marker('footer', 1));
  await file.append(sparseHeader({ ...fields, directory: directoryAt }));
  await file.append(marker('end', 0));
}

function grainWithMarker(sector: number, packed: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(sector));
  head.writeUInt32LE(packed.length, 8);
  return toSectors(Buffer.concat([head, packed]));
}

function marker(type: keyof typeof markerTypes, sectors: number): Buffer {
  const block = Buffer.alloc(sectorSize);
  block.writeBigUInt64LE(BigInt(sectors));
  block.writeUInt32LE(markerTypes[type], 12);
  return block;
}
