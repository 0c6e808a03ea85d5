import { crc32c } from '../tree/crc32c.ts';

/** Source: Linux, fs/xfs/libxfs/xfs_format.h and xfs_da_format.h. Numbers are big-endian, checksums are not. */
export const sectorSize = 512;
export const inodeSize = 512;
export const inodesPerBlock = 8;
export const inodesPerChunk = 64;
export const blocksPerChunk = inodesPerChunk / inodesPerBlock;

/** Stands for no block of a group, and no inode of a group. */
export const none = 0xffff_ffff;

/** Where the header of a block of metadata says what, and in how many bytes whose it is. */
export interface HeaderLayout {
  readonly checksum: number;
  readonly place: number;
  readonly uuid: number;
  readonly owner: number;
  readonly ownerSize: 4 | 8;
}

export const headers = {
  /** Leaves and nodes of folders and attributes. */
  hashed: { checksum: 12, place: 16, uuid: 32, owner: 48, ownerSize: 8 },
  /** Blocks of folders with names, or with what is free. */
  directory: { checksum: 4, place: 8, uuid: 24, owner: 40, ownerSize: 8 },
  /** Targets of links, values of attributes. */
  remote: { checksum: 12, place: 40, uuid: 16, owner: 32, ownerSize: 8 },
  extentTree: { checksum: 64, place: 24, uuid: 40, owner: 56, ownerSize: 8 },
  groupTree: { checksum: 52, place: 16, uuid: 32, owner: 48, ownerSize: 4 },
} as const satisfies Readonly<Record<string, HeaderLayout>>;

/** A block of metadata of an inode, at a place (in blocks) of its fork. */
export interface ForkBlock {
  readonly logical: number;
  readonly bytes: Buffer;
  readonly header: HeaderLayout;
}

export function writeU64(bytes: Buffer, value: number, at: number): void {
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), at);
  bytes.writeUInt32BE(value % 2 ** 32, at + 4);
}

/** The checksum of all of the bytes, at a place that counts as zero and is so still. */
export function seal(bytes: Buffer, at: number): void {
  bytes.writeUInt32LE(~crc32c(none, bytes) >>> 0, at);
}

export function roundUp(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
