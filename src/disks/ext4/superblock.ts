import { crc32c } from '../tree/crc32c.ts';
import {
  blockSize,
  blocksPerGroup,
  descriptorSize,
  type HeadArea,
  inodeSize,
  journalInode,
  lostAndFoundInode,
} from './geometry.ts';
import type { Ext4Options } from './types.ts';

/** Superblock and all else that is checked by sum continues from here. */
export function seedOf(uuid: Buffer): number {
  return crc32c(0xffffffff, uuid);
}

const compatible = { journal: 0x4, extendedAttributes: 0x8, resizeInode: 0x10, indexedDirectories: 0x20 };
const incompatible = { fileTypes: 0x2, extents: 0x40, blockNumbersOf64Bits: 0x80, flexibleGroups: 0x200 };
const readOnly = {
  sparseSuperblocks: 0x1,
  largeFiles: 0x2,
  hugeFiles: 0x8,
  manyLinks: 0x20,
  largeInodes: 0x40,
  metadataChecksums: 0x400,
};

export interface FileSystemFacts {
  readonly options: Ext4Options;
  readonly head: HeadArea;
  readonly blocks: number;
  readonly freeBlocks: number;
  readonly inodes: number;
  readonly freeInodes: number;
  readonly inodesPerGroup: number;
  /** The 60 bytes of the journal's inode and its size: kept a second time. */
  readonly journal: { readonly content: Buffer; readonly size: number };
}

/** 1024 bytes; `group` is the one that this copy lies in. */
export function superblock(facts: FileSystemFacts, group: number): Buffer {
  const { options, blocks, freeBlocks } = facts;
  const block = Buffer.alloc(1024);
  const reserved = Math.floor(blocks / 100);
  const u8 = (at: number, value: number) => block.writeUInt8(value, at);
  const u16 = (at: number, value: number) => block.writeUInt16LE(value, at);
  const u32 = (at: number, value: number) => block.writeUInt32LE(value, at);
  const split = (low: number, high: number, value: number) => {
    u32(low, value % 2 ** 32);
    u32(high, Math.floor(value / 2 ** 32));
  };
  u32(0x00, facts.inodes);
  split(0x04, 0x150, blocks);
  split(0x08, 0x154, reserved);
  split(0x0c, 0x158, freeBlocks);
  u32(0x10, facts.freeInodes);
  u32(0x18, Math.log2(blockSize / 1024));
  u32(0x1c, Math.log2(blockSize / 1024));
  u32(0x20, blocksPerGroup);
  u32(0x24, blocksPerGroup);
  u32(0x28, facts.inodesPerGroup);
  u32(0x30, options.epoch);
  u16(0x36, 0xffff); // never checked because of a number of mounts
  u16(0x38, 0xef53);
  u16(0x3a, 1); // unmounted cleanly
  u16(0x3c, 1); // on errors: go on
  u32(0x40, options.epoch);
  u32(0x4c, 1); // revision
  u32(0x54, lostAndFoundInode);
  u16(0x58, inodeSize);
  u16(0x5a, group);
  u32(0x5c, sum(compatible));
  u32(0x60, sum(incompatible));
  u32(0x64, sum(readOnly));
  options.uuid.copy(block, 0x68);
  block.write(options.label, 0x78, 16);
  u16(0xce, facts.head.reservedBlocks);
  u32(0xe0, journalInode);
  for (const [index, part] of options.hashSeed.entries()) u32(0xec + index * 4, part);
  u8(0xfc, 1); // half MD4
  u8(0xfd, 1); // the journal's inode is kept below
  u16(0xfe, descriptorSize);
  u32(0x100, 0xc); // mounted with extended attributes and access lists
  u32(0x108, options.epoch);
  facts.journal.content.copy(block, 0x10c);
  u32(0x10c + 15 * 4, Math.floor(facts.journal.size / 2 ** 32));
  u32(0x10c + 16 * 4, facts.journal.size % 2 ** 32);
  u16(0x15c, 32);
  u16(0x15e, 32);
  u32(0x160, 2); // names are hashed as unsigned bytes
  u8(0x174, 4); // 16 groups make a flexible one
  u8(0x175, 1); // CRC-32C
  u32(0x3fc, crc32c(0xffffffff, block, 0, 0x3fc));
  return block;
}

function sum(features: Readonly<Record<string, number>>): number {
  return Object.values(features).reduce((all, feature) => all | feature, 0);
}
