import { blockSize } from '../extents.ts';
import type { FileSystemSize } from '../types.ts';
import { blocksPerChunk, roundUp } from './format.ts';

export const mebibyte = 2 ** 20 / blockSize;
/** `mkfs.xfs` makes none that are smaller, and the log would leave little of them. */
export const leastBlocks = 300 * mebibyte;

/** Places are blocks from the start of the file system, or from that of a group where it says so. */
export interface Geometry {
  /** Of all groups but the last, which may be shorter. */
  readonly groupBlocks: number;
  /** Of the file system, where that is known before the tree is. */
  readonly blocks: number;
  readonly logBlocks: number;
}

/** What every group begins with: four sectors in block 0, the roots of five trees, the list of free blocks. */
export const groupHead = {
  blocksByPlace: 1,
  blocksBySize: 2,
  inodes: 3,
  freeInodes: 4,
  sharedBlocks: 5,
  freeList: 6,
  freeListLength: 4,
  end: 10,
} as const;

/** Of the group 0: where tools look for the root's inode. */
export const firstChunk = roundUp(groupHead.end, blocksPerChunk);
/** Behind the head of the group 1, as long as a group 0 without it has its root where it usually is. */
export const logGroup = 1;

const groupsOfFixed = 4;
const leastGroupThatFits = 224 * mebibyte;
const mostGroup = 2 ** 40 / blockSize - 1;
const leastLog = 64 * mebibyte;
const mostLog = 1024 * mebibyte;
/** A last group with less behind its head is not worth it. */
export const leastTail = 16 * mebibyte;

/**
 * Groups have their places before the size is known: a file system that fits itself to its tree is longer than its
 * headroom, so that groups of that size are two at least, and not too many when it grows.
 */
export function geometryOf(size: FileSystemSize): Geometry {
  const known = Math.floor((size.kind === 'fixed' ? size.bytes : size.headroom) / blockSize);
  const logBlocks = Math.min(Math.max(leastLog, Math.floor(known / 2048)), mostLog);
  if (size.kind === 'fit') {
    const groupBlocks = Math.min(Math.max(leastGroupThatFits, roundUp(known, mebibyte)), mostGroup);
    return { groupBlocks, blocks: Infinity, logBlocks };
  }
  const blocks = Math.max(known, leastBlocks);
  const groupBlocks = Math.min(Math.ceil(blocks / groupsOfFixed), mostGroup);
  const tail = blocks % groupBlocks;
  return { groupBlocks, blocks: tail > 0 && tail < leastTail ? blocks - tail : blocks, logBlocks };
}

export function groupOf(block: number, { groupBlocks }: Geometry): number {
  return Math.floor(block / groupBlocks);
}

/** Blocks at the start of a group that are taken from the beginning. */
export function headOf(group: number, { logBlocks }: Geometry): number {
  if (group === 0) return firstChunk + blocksPerChunk;
  return group === logGroup ? groupHead.end + logBlocks : groupHead.end;
}

/** Blocks of a group; a file system of a fixed size goes on behind its end, to measure what does not fit. */
export function lengthOf(group: number, { groupBlocks, blocks }: Geometry): number {
  const left = blocks - group * groupBlocks;
  return left > 0 ? Math.min(groupBlocks, left) : groupBlocks;
}

/** What the kernel wants to have left of a group, for the trees of free inodes and shared blocks to grow. */
export function reservedOf(length: number): number {
  return Math.ceil(length / 120) + 16;
}

/** How many bits of a block's number count within its group. */
export function groupBits({ groupBlocks }: Geometry): number {
  return Math.ceil(Math.log2(groupBlocks));
}

/** As metadata names a block: the group in the upper bits. */
export function blockNumber(block: number, geometry: Geometry): number {
  const group = groupOf(block, geometry);
  return group * 2 ** groupBits(geometry) + (block - group * geometry.groupBlocks);
}
