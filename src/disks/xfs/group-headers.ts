import { none, seal, sectorSize } from './format.ts';
import { groupHead } from './geometry.ts';
import type { GroupTree } from './group-trees.ts';

/** What the second sector of a group says, by its trees of blocks. */
export interface BlocksFacts {
  readonly group: number;
  readonly length: number;
  /** Blocks, and the longest run of them. */
  readonly free: number;
  readonly longest: number;
  readonly byPlace: GroupTree;
  readonly shared: GroupTree;
  readonly uuid: Buffer;
}

export function blocksHeader(facts: BlocksFacts): Buffer {
  const bytes = Buffer.alloc(sectorSize);
  const { group, length, free, longest, byPlace, shared, uuid } = facts;
  const u32 = (at: number, value: number) => bytes.writeUInt32BE(value, at);
  bytes.write('XAGF', 0, 'latin1');
  u32(4, 1);
  u32(8, group);
  u32(12, length);
  u32(16, groupHead.blocksByPlace);
  u32(20, groupHead.blocksBySize);
  u32(28, byPlace.levels);
  u32(32, byPlace.levels);
  u32(44, groupHead.freeListLength - 1);
  u32(48, groupHead.freeListLength);
  u32(52, free);
  u32(56, longest);
  uuid.copy(bytes, 64);
  u32(84, shared.blocks);
  u32(88, shared.root);
  u32(92, shared.levels);
  seal(bytes, 216);
  return bytes;
}

/** What the third sector of a group says, by its trees of inodes. */
export interface InodesFacts {
  readonly group: number;
  readonly length: number;
  readonly uuid: Buffer;
  readonly inodes: GroupTree;
  readonly freeInodes: GroupTree;
  /** Of its inodes, by its number in the group. */
  readonly first: number | undefined;
  /** Inodes, and those of them that are free. */
  readonly count: number;
  readonly free: number;
}

export function inodesHeader(facts: InodesFacts): Buffer {
  const bytes = Buffer.alloc(sectorSize);
  const { group, length, uuid, inodes, freeInodes, first = none, count, free } = facts;
  const u32 = (at: number, value: number) => bytes.writeUInt32BE(value, at);
  bytes.write('XAGI', 0, 'latin1');
  u32(4, 1);
  u32(8, group);
  u32(12, length);
  u32(16, count);
  u32(20, inodes.root);
  u32(24, inodes.levels);
  u32(28, free);
  u32(32, first);
  // No folder, and no files that were deleted while open.
  bytes.fill(0xff, 36, 296);
  uuid.copy(bytes, 296);
  u32(328, freeInodes.root);
  u32(332, freeInodes.levels);
  u32(336, inodes.blocks);
  u32(340, freeInodes.blocks);
  seal(bytes, 312);
  return bytes;
}

/** The fourth sector: blocks that trees of the group may take when they grow. */
export function freeList(group: number, uuid: Buffer): Buffer {
  const bytes = Buffer.alloc(sectorSize);
  bytes.write('XAFL', 0, 'latin1');
  bytes.writeUInt32BE(group, 4);
  uuid.copy(bytes, 8);
  bytes.fill(0xff, 36);
  for (let index = 0; index < groupHead.freeListLength; index++)
    bytes.writeUInt32BE(groupHead.freeList + index, 36 + index * 4);
  seal(bytes, 32);
  return bytes;
}
