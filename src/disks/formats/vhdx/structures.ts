import { derivedUuid, guid } from '../../identifiers.ts';
import { crc32c } from './crc32c.ts';

/** [MS-VHDX] 8.0; numbers are little-endian. */
const kibibyte = 1024;
export const mebibyte = 1024 * kibibyte;
export const sectorSize = 512;
const physicalSectorSize = 4096;
const regionTableSize = 64 * kibibyte;
const required = 1;

const regions = {
  table: guid('2dc27766-f623-4200-9d64-115e9bfd4a08'),
  metadata: guid('8b7ca206-4790-4b9a-b8fe-575f050f886e'),
};

/** From the start of the file. */
const logAt = mebibyte;
const metadataAt = 2 * mebibyte;
export const tableAt = 3 * mebibyte;

/** The first MiB: what the file is, two headers of which the second counts, the regions twice. */
export function fileHead(seed: string, tableLength: number): Buffer {
  const head = Buffer.alloc(mebibyte);
  head.write('vhdxfile', 0, 'latin1');
  head.write('gild', 8, 'utf16le');
  for (const copy of [1, 2]) vhdxHeader(seed, copy).copy(head, copy * 64 * kibibyte);
  for (const copy of [3, 4]) regionTable(tableLength).copy(head, copy * 64 * kibibyte);
  return head;
}

/** No log is to be replayed: its id is zeros. */
function vhdxHeader(seed: string, sequence: number): Buffer {
  const header = Buffer.alloc(4 * kibibyte);
  header.write('head', 0, 'latin1');
  header.writeBigUInt64LE(BigInt(sequence), 8);
  derivedUuid(seed, 'vhdx file write').copy(header, 16);
  derivedUuid(seed, 'vhdx data write').copy(header, 32);
  header.writeUInt16LE(1, 66);
  header.writeUInt32LE(mebibyte, 68);
  header.writeBigUInt64LE(BigInt(logAt), 72);
  header.writeUInt32LE(crc32c(header), 4);
  return header;
}

function regionTable(tableLength: number): Buffer {
  const table = Buffer.alloc(regionTableSize);
  table.write('regi', 0, 'latin1');
  table.writeUInt32LE(2, 8);
  const entries = [
    [regions.table, tableAt, tableLength],
    [regions.metadata, metadataAt, mebibyte],
  ] as const;
  for (const [number, [id, offset, length]] of entries.entries()) {
    const at = 16 + number * 32;
    id.copy(table, at);
    table.writeBigUInt64LE(BigInt(offset), at + 16);
    table.writeUInt32LE(length, at + 24);
    table.writeUInt32LE(required, at + 28);
  }
  table.writeUInt32LE(crc32c(table), 4);
  return table;
}

const isVirtualDisk = 2;
const isRequired = 4;

/** One MiB: a table of items, then the items. */
export function metadataRegion(disk: { readonly size: number }, seed: string, blockSize: number): Buffer {
  const items = [
    ['caa16737-fa36-4d43-b3b6-33f0aa44e76b', isRequired, number(blockSize, 8)],
    ['2fa54224-cd1b-4876-b211-5dbed83bf4b8', isRequired | isVirtualDisk, number(disk.size, 8)],
    ['beca12ab-b2e6-4523-93ef-c309e000c746', isRequired | isVirtualDisk, derivedUuid(seed, 'vhdx disk')],
    ['8141bf1d-a96f-4709-ba47-f233a8faab5f', isRequired | isVirtualDisk, number(sectorSize, 4)],
    ['cda348c7-445d-4471-9cc9-e9885251c556', isRequired | isVirtualDisk, number(physicalSectorSize, 4)],
  ] as const;
  const region = Buffer.alloc(mebibyte);
  region.write('metadata', 0, 'latin1');
  region.writeUInt16LE(items.length, 10);
  let itemAt = 64 * kibibyte;
  for (const [order, [id, flags, content]] of items.entries()) {
    const at = 32 + order * 32;
    guid(id).copy(region, at);
    region.writeUInt32LE(itemAt, at + 16);
    region.writeUInt32LE(content.length, at + 20);
    region.writeUInt32LE(flags, at + 24);
    itemAt += content.copy(region, itemAt);
  }
  return region;
}

function number(value: number, bytes: 4 | 8): Buffer {
  const field = Buffer.alloc(8);
  field.writeBigUInt64LE(BigInt(value));
  return field.subarray(0, bytes);
}
