import { blockSize } from '../extents.ts';
import { blocksPerChunk, inodeSize, inodesPerBlock, seal, sectorSize, writeU64 } from './format.ts';
import { blockNumber, type Geometry, groupBits, groupHead, logGroup } from './geometry.ts';

export interface SuperblockFacts {
  readonly geometry: Geometry;
  /** 16 bytes. */
  readonly uuid: Buffer;
  readonly label: string;
  readonly groups: number;
  /** On the disk; the two of a device for real time follow it. */
  readonly rootInode: number;
  readonly inodes: number;
  readonly freeInodes: number;
  readonly freeBlocks: number;
  /** Percent of all blocks that may become inodes. */
  readonly mostInodes: number;
}

/** Version 5, aligned inodes, a log of version 2, and more bits elsewhere. */
const version = 0xb4a5;
/** Counters in groups, attributes as they come, project ids of 32 bits, checksums. */
const features = 0x18a;
/** A tree of free inodes, shared blocks, counters of inode trees. */
const compatibleForReaders = 0xd;
/** Types in folders, chunks with holes, times beyond 2038. GRUB 2.06 takes these, and nothing that came later. */
const incompatible = 0xb;

/** The same for each group. */
export function superblock(facts: SuperblockFacts): Buffer {
  const { geometry, rootInode } = facts;
  const bytes = Buffer.alloc(sectorSize);
  const u32 = (at: number, value: number) => bytes.writeUInt32BE(value, at);
  const u64 = (at: number, value: number) => writeU64(bytes, value, at);
  bytes.write('XFSB', 0, 'latin1');
  u32(4, blockSize);
  u64(8, geometry.blocks);
  facts.uuid.copy(bytes, 0x20);
  u64(0x30, blockNumber(geometry.groupBlocks * logGroup + groupHead.end, geometry));
  u64(0x38, rootInode);
  u64(0x40, rootInode + 1);
  u64(0x48, rootInode + 2);
  u32(0x50, 1);
  u32(0x54, geometry.groupBlocks);
  u32(0x58, facts.groups);
  u32(0x60, geometry.logBlocks);
  bytes.writeUInt16BE(version, 0x64);
  bytes.writeUInt16BE(sectorSize, 0x66);
  bytes.writeUInt16BE(inodeSize, 0x68);
  bytes.writeUInt16BE(inodesPerBlock, 0x6a);
  bytes.write(facts.label, 0x6c, 12, 'latin1');
  bytes[0x78] = Math.log2(blockSize);
  bytes[0x79] = Math.log2(sectorSize);
  bytes[0x7a] = Math.log2(inodeSize);
  bytes[0x7b] = Math.log2(inodesPerBlock);
  bytes[0x7c] = groupBits(geometry);
  bytes[0x7f] = facts.mostInodes;
  u64(0x80, facts.inodes);
  u64(0x88, facts.freeInodes);
  u64(0x90, facts.freeBlocks);
  u32(0xb4, blocksPerChunk);
  u32(0xc4, 1);
  u32(0xc8, features);
  u32(0xcc, features);
  u32(0xd4, compatibleForReaders);
  u32(0xd8, incompatible);
  u32(0xe4, blocksPerChunk / 2);
  seal(bytes, 0xe0);
  return bytes;
}
