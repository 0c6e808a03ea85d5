import type { InodeTable } from '../tree/inode-table.ts';
import type { Allocator } from './allocator.ts';
import { blocksPerChunk, inodesPerBlock, inodesPerChunk } from './format.ts';
import { blockNumber, firstChunk, type Geometry } from './geometry.ts';

/** Consecutive inodes of a group, the last of which may be free. */
export interface Chunk {
  /** Its first block. */
  readonly start: number;
  /** In the order of the table. */
  readonly first: number;
  readonly used: number;
}

/** Chunks for all inodes of a table: the first where tools look for the root, the others where there is room. */
export function placeChunks(allocator: Allocator, { last }: InodeTable): Chunk[] {
  return Array.from({ length: Math.ceil(last / inodesPerChunk) }, (_, index) => ({
    start: index === 0 ? firstChunk : allocator.takeAligned(blocksPerChunk),
    first: index * inodesPerChunk + 1,
    used: Math.min(inodesPerChunk, last - index * inodesPerChunk),
  }));
}

/** The number on the disk, which says where it lies, of one in the table. */
export function numbersOf(chunks: readonly Chunk[], geometry: Geometry): (inode: number) => number {
  const firsts = chunks.map(({ start }) => blockNumber(start, geometry) * inodesPerBlock);
  return (inode) => {
    const index = inode - 1;
    return (firsts[Math.floor(index / inodesPerChunk)] as number) + (index % inodesPerChunk);
  };
}
