import { fileTypes, type InodeType } from '../tree/file-types.ts';
import { inodeSize, none, seal, writeU64 } from './format.ts';

/** Bytes of an inode that are about itself; then come its content and its attributes. */
export const coreSize = 176;
export const inodeRoom = inodeSize - coreSize;

/** How a fork keeps what it has. */
export const forkFormats = { device: 0, local: 1, extents: 2, tree: 3 } as const;

const magic = 0x494e;
const version = 3;
const longTimes = 8;
const bitmapOfToday = 4;
const longestTime = 2 ** 64 / 1e9 - 2 ** 31 - 1;

export interface Attributes {
  readonly type: InodeType;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/** All four times are the one that a tree knows. */
export function writeInode(inode: Buffer, { type, mode, uid, gid, mtime }: Attributes): void {
  writeUnused(inode);
  inode.writeUInt16BE(fileTypes[type].mode | mode, 2);
  inode.writeUInt32BE(uid, 8);
  inode.writeUInt32BE(gid, 12);
  setLinks(inode, 1);
  const time =
    (BigInt(Math.floor(Math.min(Math.max(mtime, -(2 ** 31)), longestTime))) + 2n ** 31n) * 10n ** 9n;
  for (const at of [32, 40, 48, 144]) inode.writeBigUInt64BE(time, at);
  inode.writeBigUInt64BE(1n, 104);
  inode[127] = longTimes;
}

/** One that is free. */
export function writeUnused(inode: Buffer): void {
  inode.writeUInt16BE(magic, 0);
  inode[4] = version;
  inode.writeUInt32BE(none, 96);
}

/** The bitmap of a device for real time, which there is none of. */
export function markBitmap(inode: Buffer): void {
  inode.writeUInt16BE(bitmapOfToday, 90);
}

export function setSize(inode: Buffer, size: number): void {
  writeU64(inode, size, 56);
}

export function setLinks(inode: Buffer, links: number): void {
  inode.writeUInt32BE(links, 16);
}

export function linksOf(inode: Buffer): number {
  return inode.readUInt32BE(16);
}

/** A fork as the inode has it. */
export interface Fork {
  readonly format: number;
  readonly bytes: Buffer;
  readonly extents: number;
  /** That it owns, those of its trees counted in. */
  readonly blocks: number;
}

/** Content first, attributes from `attributesAt` on, which is a multiple of 8. */
export function writeForks(
  inode: Buffer,
  content: Fork,
  attributes: (Fork & { readonly attributesAt: number }) | undefined,
): void {
  inode[5] = content.format;
  writeU64(inode, content.blocks + (attributes?.blocks ?? 0), 64);
  inode.writeUInt32BE(content.extents, 76);
  content.bytes.copy(inode, coreSize);
  inode[83] = attributes?.format ?? forkFormats.extents;
  if (!attributes) return;
  inode.writeUInt16BE(attributes.extents, 80);
  inode[82] = attributes.attributesAt / 8;
  attributes.bytes.copy(inode, coreSize + attributes.attributesAt);
}

/** Once all else is in it. */
export function sealInode(inode: Buffer, number: number, uuid: Buffer): void {
  writeU64(inode, number, 152);
  uuid.copy(inode, 160);
  seal(inode, 100);
}
