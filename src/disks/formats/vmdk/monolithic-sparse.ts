import { blockRuns, neighbours } from '../blocks.ts';
import type { FormatFile, FormatSource } from '../types.ts';
import { vmdkDescriptor } from './descriptor.ts';
import {
  descriptorSectors,
  grainSectors,
  grainSize,
  grainsPerTable,
  sectorSize,
  sparseHeader,
  tableSize,
  toSectors,
} from './sparse-header.ts';

/** Header, descriptor, both directories with all their tables, grains. */
export async function writeMonolithicSparse(source: FormatSource, file: FormatFile): Promise<void> {
  const { disk, signal } = source;
  const capacity = disk.size / sectorSize;
  const tables = Math.ceil(Math.ceil(capacity / grainSectors) / grainsPerTable);
  const directorySectors = Math.ceil((tables * 4) / sectorSize);
  const tablesSectors = tables * (tableSize / sectorSize);
  const redundantDirectory = 1 + descriptorSectors;
  const directory = redundantDirectory + directorySectors + tablesSectors;
  const end = directory + directorySectors + tablesSectors;
  const overhead = Math.ceil(end / grainSectors) * grainSectors;
  await file.append(sparseHeader({ capacity, redundantDirectory, directory, overhead, compressed: false }));
  await file.append(vmdkDescriptor(source, 'monolithicSparse'));
  for (const at of [redundantDirectory, directory]) {
    await file.append(directoryOf(tables, at + directorySectors));
    for (const table of grainTables(source, tables, overhead)) await file.append(table);
  }
  await file.append(Buffer.alloc((overhead - end) * sectorSize));
  for await (const { bytes } of neighbours(disk, grainSize, signal)) await file.append(bytes);
}

function directoryOf(tables: number, firstTable: number): Buffer {
  const directory = Buffer.alloc(tables * 4);
  for (let number = 0; number < tables; number++) {
    directory.writeUInt32LE(firstTable + number * (tableSize / sectorSize), number * 4);
  }
  return toSectors(directory);
}

/** One after the other, so that a large disk does not need them all in memory. */
function* grainTables({ disk }: FormatSource, tables: number, firstGrain: number): Generator<Buffer> {
  let grain = firstGrain;
  let number = 0;
  let table = Buffer.alloc(tableSize);
  for (const { first, end } of blockRuns(disk, grainSize)) {
    for (let index = first; index < end; index++, grain += grainSectors) {
      for (; number < Math.floor(index / grainsPerTable); number++) {
        yield table;
        table = Buffer.alloc(tableSize);
      }
      table.writeUInt32LE(grain, (index % grainsPerTable) * 4);
    }
  }
  for (; number < tables; number++) {
    yield table;
    table = Buffer.alloc(tableSize);
  }
}
