/** Source: Linux, include/uapi/linux/btrfs_tree.h. */
export const sectorSize = 4096;
export const nodeSize = 16_384;
export const headerSize = 101;
export const itemHeaderSize = 25;
export const pointerSize = 33;

/** All is written in one transaction. */
export const generation = 1;

export const treeIds = {
  root: 1,
  extents: 2,
  chunks: 3,
  devices: 4,
  files: 5,
  checksums: 7,
  uuids: 9,
  freeSpace: 10,
  dataRelocation: -9n,
} as const;

export const itemTypes = {
  inode: 1,
  inodeRef: 12,
  inodeExtref: 13,
  xattr: 24,
  dirItem: 84,
  dirIndex: 96,
  extentData: 108,
  checksums: 128,
  root: 132,
  extent: 168,
  metadata: 169,
  blockGroup: 192,
  freeSpaceInfo: 198,
  freeSpaceExtent: 199,
  deviceExtent: 204,
  device: 216,
  chunk: 228,
  uuidSubvolume: 251,
} as const;

export const blockGroupFlags = { data: 1, system: 2, metadata: 4 } as const;

export type BlockGroupType = keyof typeof blockGroupFlags;

/** The only device, and what all its chunks belong to. */
export const deviceId = 1;
export const firstChunkTree = 256;
/** The inode of a tree's root folder; other inodes follow. */
export const rootInode = 256;

export interface Item {
  readonly key: Buffer;
  readonly data: Buffer;
}

export function key(objectId: number | bigint, type: number, offset: number | bigint): Buffer {
  const bytes = Buffer.allocUnsafe(17);
  writeU64(bytes, objectId, 0);
  bytes.writeUInt8(type, 8);
  writeU64(bytes, offset, 9);
  return bytes;
}

/** Negative numbers count down from 2^64. */
export function writeU64(bytes: Buffer, value: number | bigint, at: number): void {
  if (typeof value === 'bigint') {
    bytes.writeBigUInt64LE(BigInt.asUintN(64, value), at);
    return;
  }
  bytes.writeUInt32LE(value % 2 ** 32, at);
  bytes.writeUInt32LE(Math.floor(value / 2 ** 32), at + 4);
}
