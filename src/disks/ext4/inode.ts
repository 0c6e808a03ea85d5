import { crc32c } from '../tree/crc32c.ts';
import { fileTypes, type InodeType } from '../tree/file-types.ts';
import { inodeSize } from './geometry.ts';

/** Uses extents; the directory is indexed. */
export const flagExtents = 0x80000;
export const flagIndex = 0x1000;

const sectorsPerBlock = 8;
const extraSize = 32;
/** Where the attributes within an inode begin, behind their mark. */
export const inlineAttributesAt = 128 + extraSize;

export interface Attributes {
  readonly type: InodeType;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/** Owner, mode and times; all four times are the one that a tree knows. */
export function writeAttributes(inode: Buffer, { type, mode, uid, gid, mtime }: Attributes): void {
  inode.writeUInt16LE(fileTypes[type].mode | mode, 0x00);
  inode.writeUInt16LE(uid & 0xffff, 0x02);
  inode.writeUInt16LE(gid & 0xffff, 0x18);
  inode.writeUInt16LE(uid >>> 16, 0x78);
  inode.writeUInt16LE(gid >>> 16, 0x7a);
  inode.writeUInt16LE(extraSize, 0x80);
  const { seconds, epoch } = splitTime(mtime);
  for (const at of [0x08, 0x0c, 0x10, 0x90]) inode.writeInt32LE(seconds, at);
  for (const at of [0x84, 0x88, 0x8c, 0x94]) inode.writeUInt32LE(epoch, at);
  setLinks(inode, 1);
}

/** 34 bits of seconds: 32 signed ones, and how often they have run over. */
function splitTime(mtime: number): { seconds: number; epoch: number } {
  const clamped = Math.min(Math.max(Math.trunc(mtime), -(2 ** 31)), 2 ** 34 - 2 ** 31 - 1);
  const seconds = clamped | 0;
  return { seconds, epoch: (clamped - seconds) / 2 ** 32 };
}

export function setSize(inode: Buffer, size: number): void {
  inode.writeUInt32LE(size % 2 ** 32, 0x04);
  inode.writeUInt32LE(Math.floor(size / 2 ** 32), 0x6c);
}

/** Blocks that the inode owns, those with its extents and attributes counted in. */
export function addBlocks(inode: Buffer, blocks: number): void {
  const sectors = inode.readUInt32LE(0x1c) + inode.readUInt16LE(0x74) * 2 ** 32 + blocks * sectorsPerBlock;
  inode.writeUInt32LE(sectors % 2 ** 32, 0x1c);
  inode.writeUInt16LE(Math.floor(sectors / 2 ** 32), 0x74);
}

export function setFlags(inode: Buffer, flags: number): void {
  inode.writeUInt32LE(flags, 0x20);
}

export function setLinks(inode: Buffer, links: number): void {
  inode.writeUInt16LE(links, 0x1a);
}

export function linksOf(inode: Buffer): number {
  return inode.readUInt16LE(0x1a);
}

export function setAttributeBlock(inode: Buffer, block: number): void {
  inode.writeUInt32LE(block % 2 ** 32, 0x68);
  inode.writeUInt16LE(Math.floor(block / 2 ** 32), 0x76);
}

/** The 60 bytes that hold extents, a short link or a device number. */
export function contentOf(inode: Buffer): Buffer {
  return inode.subarray(0x28, 0x64);
}

export function writeDevice(inode: Buffer, major: number, minor: number): void {
  const content = contentOf(inode);
  if (major < 256 && minor < 256) content.writeUInt32LE((major << 8) | minor, 0);
  else content.writeUInt32LE(((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0, 4);
}

/** What the checksums of an inode's own blocks continue from; all generations are 0. */
export function inodeSeed(fileSystemSeed: number, number: number): number {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(number, 0);
  return crc32c(fileSystemSeed, bytes);
}

/** Once all else is in it. */
export function sealInode(inode: Buffer, number: number, fileSystemSeed: number): void {
  inode.writeUInt16LE(0, 0x7c);
  inode.writeUInt16LE(0, 0x82);
  const sum = crc32c(inodeSeed(fileSystemSeed, number), inode, 0, inodeSize);
  inode.writeUInt16LE(sum & 0xffff, 0x7c);
  inode.writeUInt16LE(sum >>> 16, 0x82);
}
