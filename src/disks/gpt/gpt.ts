import { crc32 } from 'node:zlib';
import { guid } from '../identifiers.ts';

/** Source: UEFI Specification 2.10, chapter 5. */
export interface Partition {
  /** Up to 36 UTF-16 units. */
  readonly name: string;
  readonly type: PartitionType;
  /** 16 bytes in network order. */
  readonly uuid: Buffer;
  readonly firstSector: number;
  /** The last one that belongs to it. */
  readonly lastSector: number;
}

export const sectorSize = 512;

/** Sectors at the start and at the end of the disk that the tables take. */
export const headSectors = 34;
export const tailSectors = 33;

/** Named after what boots from them; the numbers are those of the UEFI and the Discoverable Partitions Specification. */
export const partitionTypes = {
  'bios-boot': '21686148-6449-6e6f-744e-656564454649',
  esp: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b',
  'root-amd64': '4f68bce3-e8cd-4db1-96e7-fbcaf984b709',
  'root-arm64': 'b921b045-1df0-41c3-af44-4c6f280d3fae',
  swap: '0657fd6d-a4ab-43c4-84e5-0933c84b4f4f',
  home: '933ac7e1-2eb4-4f13-b844-0e14e2aef915',
  srv: '3b8f8425-20e0-4f3b-907f-1a25a76f98e8',
  var: '4d21b016-b534-45c2-a9fb-5c16e091fd2d',
  'var-tmp': '7ec6f557-3bc5-4aca-b293-16ef5df639d1',
  linux: '0fc63daf-8483-4772-8e79-3d69d8477de4',
} as const;

export type PartitionType = keyof typeof partitionTypes;

export interface Tables {
  /** From the disk's first byte: protective MBR, header, entries. */
  readonly head: Buffer;
  /** To its last byte: entries, backup header. */
  readonly tail: Buffer;
}

const entrySize = 128;
const entryCount = 128;
const headerSize = 92;
const signature = 'EFI PART';
const uuidAt = 56;
/** Of the first sector, with the signature of the disk that BIOS systems put behind the code. */
const bootCodeSize = 446;

/** `size`: bytes of the disk, a multiple of 512. `diskUuid`: 16 bytes in network order. */
export function partitionTables(size: number, diskUuid: Buffer, partitions: readonly Partition[]): Tables {
  const entries = Buffer.alloc(entrySize * entryCount);
  for (const [index, partition] of partitions.entries()) writeEntry(entries, index * entrySize, partition);
  return tablesOf(size, diskUuid, entries);
}

/** The tables of a disk that begins with `head`, for the same disk in another size; undefined where that is no table. */
export function resizedTables(head: Buffer, size: number): Tables | undefined {
  if (head.toString('latin1', sectorSize, sectorSize + signature.length) !== signature) return undefined;
  const diskUuid = guid(head.toString('hex', sectorSize + uuidAt, sectorSize + uuidAt + 16));
  const tables = tablesOf(size, diskUuid, head.subarray(2 * sectorSize, headSectors * sectorSize));
  head.copy(tables.head, 0, 0, bootCodeSize);
  return tables;
}

function tablesOf(size: number, diskUuid: Buffer, entries: Buffer): Tables {
  const sectors = size / sectorSize;
  const common = { sectors, diskUuid, entriesCrc: crc32(entries) };
  return {
    head: Buffer.concat([
      protectiveMbr(sectors),
      header({ ...common, own: 1, other: sectors - 1, entriesAt: 2 }),
      entries,
    ]),
    tail: Buffer.concat([
      entries,
      header({ ...common, own: sectors - 1, other: 1, entriesAt: sectors - tailSectors }),
    ]),
  };
}

function writeEntry(table: Buffer, at: number, partition: Partition): void {
  guid(partitionTypes[partition.type]).copy(table, at);
  guid(partition.uuid.toString('hex')).copy(table, at + 16);
  table.writeBigUInt64LE(BigInt(partition.firstSector), at + 32);
  table.writeBigUInt64LE(BigInt(partition.lastSector), at + 40);
  table.write(partition.name, at + 56, 72, 'utf16le');
}

interface HeaderFields {
  readonly sectors: number;
  readonly diskUuid: Buffer;
  readonly entriesCrc: number;
  readonly own: number;
  readonly other: number;
  readonly entriesAt: number;
}

function header({ sectors, diskUuid, entriesCrc, own, other, entriesAt }: HeaderFields): Buffer {
  const bytes = Buffer.alloc(sectorSize);
  bytes.write(signature, 0, 'latin1');
  bytes.writeUInt32LE(0x0001_0000, 8);
  bytes.writeUInt32LE(headerSize, 12);
  bytes.writeBigUInt64LE(BigInt(own), 24);
  bytes.writeBigUInt64LE(BigInt(other), 32);
  bytes.writeBigUInt64LE(BigInt(headSectors), 40);
  bytes.writeBigUInt64LE(BigInt(sectors - tailSectors - 1), 48);
  guid(diskUuid.toString('hex')).copy(bytes, uuidAt);
  bytes.writeBigUInt64LE(BigInt(entriesAt), 72);
  bytes.writeUInt32LE(entryCount, 80);
  bytes.writeUInt32LE(entrySize, 84);
  bytes.writeUInt32LE(entriesCrc, 88);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, headerSize)), 16);
  return bytes;
}

/** One partition over all of the disk, so that tools which know nothing of GPT leave it alone. */
function protectiveMbr(sectors: number): Buffer {
  const bytes = Buffer.alloc(sectorSize);
  const entry = bootCodeSize;
  bytes.set([0x00, 0x00, 0x02, 0x00, 0xee, 0xff, 0xff, 0xff], entry);
  bytes.writeUInt32LE(1, entry + 8);
  bytes.writeUInt32LE(Math.min(sectors - 1, 0xffff_ffff), entry + 12);
  bytes.writeUInt16LE(0xaa55, 510);
  return bytes;
}
