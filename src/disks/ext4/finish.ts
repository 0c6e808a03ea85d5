import { addExtent, type Extent } from '../tree/extents.ts';
import type { Folder } from '../tree/folders.ts';
import type { InodeTable } from '../tree/inode-table.ts';
import type { DiskTarget } from '../types.ts';
import type { Allocator } from './allocator.ts';
import { longestExtent, writeExtents } from './extent-tree.ts';
import {
  backupGroups,
  blockSize,
  blocksPerGroup,
  type HeadArea,
  headAreaOf,
  headLength,
  inodeSize,
  journalInode,
  lostAndFoundInode,
  resizeInode,
} from './geometry.ts';
import { groupDescriptors } from './groups.ts';
import { addBlocks, contentOf, flagExtents, sealInode, setFlags, setSize, writeAttributes } from './inode.ts';
import { journalLength, type Layout, layOut } from './size.ts';
import { seedOf, superblock } from './superblock.ts';
import type { Ext4Options } from './types.ts';

export interface Unfinished {
  readonly target: DiskTarget;
  readonly options: Ext4Options;
  readonly allocator: Allocator;
  /** As reserved when the first block was written. */
  readonly head: HeadArea;
  readonly inodes: InodeTable;
  readonly folders: readonly Folder[];
}

/** Journal, bitmaps, inodes, group descriptors, superblocks; returns the size in bytes. */
export function finishFileSystem(unfinished: Unfinished): number {
  const { target, options, allocator, inodes } = unfinished;
  const journal = takeJournal(unfinished);
  const resizeMap = allocator.take(1).start;
  const layout = layOut(allocator, { size: options.size, head: unfinished.head, usedInodes: inodes.last });
  const head = settledHead(unfinished.head, layout.groups);
  writeJournal(target, journal);
  writeResizeInode(unfinished, layout, { head, map: resizeMap });
  writeInodes(unfinished, layout);
  const { descriptors, freeBlocks, freeInodes } = groupDescriptors(unfinished, layout, headLength(head));
  const facts = {
    options,
    head,
    blocks: layout.blocks,
    freeBlocks,
    inodes: layout.groups * layout.inodesPerGroup,
    freeInodes,
    inodesPerGroup: layout.inodesPerGroup,
    journal: { content: contentOf(inodes.at(journalInode)), size: journal.length * blockSize },
  };
  for (const group of [0, ...backupGroups(layout.groups)]) {
    const first = Buffer.alloc(blockSize + descriptors.length);
    superblock(facts, group).copy(first, group === 0 ? 1024 : 0);
    descriptors.copy(first, blockSize);
    target.write(group * blocksPerGroup * blockSize, first);
  }
  return layout.blocks * blockSize;
}

/** The head keeps its length; how much of it is in use is known only now. */
function settledHead(reserved: HeadArea, groups: number): HeadArea {
  const { descriptorBlocks } = headAreaOf(groups);
  const all = reserved.descriptorBlocks + reserved.reservedBlocks;
  return { descriptorBlocks, reservedBlocks: all - descriptorBlocks };
}

interface Journal {
  readonly extents: readonly Extent[];
  readonly length: number;
}

function takeJournal({ options, allocator, inodes }: Unfinished): Journal {
  const length = journalLength(options.size, allocator.end);
  const extents: Extent[] = [];
  for (let logical = 0; logical < length; ) {
    const { start, count } = allocator.take(length - logical);
    addExtent(extents, { logical, physical: start, count }, longestExtent);
    logical += count;
  }
  const inode = inodes.at(journalInode);
  ownFile(inode, options.epoch);
  setSize(inode, length * blockSize);
  // A journal has at most two pieces: no blocks are needed to list them.
  const place = () => {
    throw new RangeError('the journal is in too many pieces');
  };
  writeExtents(contentOf(inode), extents, { seed: 0, place });
  addBlocks(inode, length);
  setFlags(inode, flagExtents);
  return { extents, length };
}

/** Empty: its superblock says that there is nothing to replay. Its numbers are big-endian. */
function writeJournal(target: DiskTarget, { extents, length }: Journal): void {
  const block = Buffer.alloc(1024);
  block.writeUInt32BE(0xc03b3998, 0);
  block.writeUInt32BE(4, 4); // superblock, version 2
  block.writeUInt32BE(blockSize, 12);
  block.writeUInt32BE(length, 16);
  block.writeUInt32BE(1, 20); // first block of the log
  block.writeUInt32BE(1, 24); // first transaction
  block.writeUInt32BE(1, 64); // users
  target.write((extents[0]?.physical ?? 0) * blockSize, block);
}

/**
 * Owns the room in which group descriptors can grow. Block `n` of the first head is a list of the blocks `n` of all
 * other heads, and `map` the list of those lists.
 */
function writeResizeInode(
  { target, options, inodes }: Unfinished,
  { groups }: Layout,
  { head, map }: { readonly head: HeadArea; readonly map: number },
): void {
  const backups = backupGroups(groups);
  const list = Buffer.alloc(blockSize);
  for (let index = 0; index < head.reservedBlocks; index++) {
    const place = 1 + head.descriptorBlocks + index;
    list.writeUInt32LE(place, ((head.descriptorBlocks + index) % (blockSize / 4)) * 4);
    if (backups.length === 0) continue;
    const copies = Buffer.alloc(blockSize);
    for (const [at, group] of backups.entries()) copies.writeUInt32LE(place + group * blocksPerGroup, at * 4);
    target.write(place * blockSize, copies);
  }
  target.write(map * blockSize, list);
  const inode = inodes.at(resizeInode);
  ownFile(inode, options.epoch);
  const pointers = blockSize / 4;
  setSize(inode, (12 + pointers + pointers ** 2) * blockSize);
  contentOf(inode).writeUInt32LE(map, 13 * 4);
  addBlocks(inode, 1 + head.reservedBlocks * (1 + backups.length));
}

function ownFile(inode: Buffer, epoch: number): void {
  writeAttributes(inode, { type: 'file', mode: 0o600, uid: 0, gid: 0, mtime: epoch });
}

function writeInodes({ target, options, inodes }: Unfinished, layout: Layout): void {
  const seed = seedOf(options.uuid);
  for (const [group, table] of layout.inodeTables.entries()) {
    const first = group * layout.inodesPerGroup + 1;
    const used = Math.min(layout.inodesPerGroup, inodes.last - first + 1);
    if (used <= 0) return;
    const bytes = Buffer.alloc(used * inodeSize);
    for (let index = 0; index < used; index++) {
      const number = first + index;
      const inode = inodes.at(number);
      if (isInUse(number)) sealInode(inode, number, seed);
      inode.copy(bytes, index * inodeSize);
    }
    target.write(table * blockSize, bytes);
  }
}

/** The others below the first free one are reserved and empty. */
function isInUse(number: number): boolean {
  return number >= lostAndFoundInode || [2, resizeInode, journalInode].includes(number);
}
