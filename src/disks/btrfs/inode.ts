import { fileTypes } from '../tree/file-types.ts';
import { generation, writeU64 } from './format.ts';

export const inodeItemSize = 160;

export interface Attributes {
  readonly type: keyof typeof fileTypes;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly major: number;
  readonly minor: number;
}

/** All four times are the one that a tree knows. */
export function writeInode(inode: Buffer, attributes: Attributes): void {
  const { type, mode, uid, gid, mtime, major, minor } = attributes;
  writeU64(inode, generation, 0);
  writeU64(inode, generation, 8);
  setLinks(inode, 1);
  inode.writeUInt32LE(uid, 44);
  inode.writeUInt32LE(gid, 48);
  inode.writeUInt32LE(fileTypes[type].mode | mode, 52);
  if (type === 'char' || type === 'block') writeU64(inode, major * 2 ** 20 + minor, 56);
  for (const at of [112, 124, 136, 148]) inode.writeBigInt64LE(BigInt(Math.trunc(mtime)), at);
}

/** `stored`: bytes that its extents take. */
export function setSize(inode: Buffer, size: number, stored: number): void {
  writeU64(inode, size, 16);
  writeU64(inode, stored, 24);
}

export function setLinks(inode: Buffer, links: number): void {
  inode.writeUInt32LE(links, 40);
}

export function linksOf(inode: Buffer): number {
  return inode.readUInt32LE(40);
}
