import { blockSize } from '../extents.ts';
import { type ForkBlock, headers } from './format.ts';

/** Where the header that leaves and nodes share ends. */
export const hashedHeaderSize = 56;

const nodeMagic = 0x3ebe;
const nodeEntriesAt = 64;
const perNode = (blockSize - nodeEntriesAt) / 8;

/** What names of entries and of attributes are found by. */
export function nameHash(name: Buffer): number {
  let hash = 0;
  let at = 0;
  for (; at + 4 <= name.length; at += 4) {
    hash = ((hash << 28) | (hash >>> 4)) ^ (byte(name, at) << 21);
    hash ^= (byte(name, at + 1) << 14) ^ (byte(name, at + 2) << 7) ^ byte(name, at + 3);
  }
  const left = name.length - at;
  if (left > 0) hash = (hash << (7 * left)) | (hash >>> (32 - 7 * left));
  for (let index = 0; index < left; index++) hash ^= byte(name, at + index) << (7 * (left - 1 - index));
  return hash >>> 0;
}

function byte(name: Buffer, at: number): number {
  return name[at] as number;
}

/** A leaf without its neighbours, and the highest hash in it. */
export interface HashedLeaf {
  readonly bytes: Buffer;
  readonly hash: number;
}

/** Leaves by ascending hashes from `first` on, behind nodes that find them where they are more than one. */
export function hashedTree(leaves: readonly HashedLeaf[], first: number): ForkBlock[] {
  if (leaves.length === 1) return [block(first, (leaves[0] as HashedLeaf).bytes)];
  const blocks: ForkBlock[] = [];
  let next = first + 1;
  let level: Child[] = leaves.map(({ bytes, hash }) => ({ bytes, hash, logical: next++ }));
  for (let depth = 1; ; depth++) {
    linkNeighbours(level);
    for (const { logical, bytes } of level) blocks.push(block(logical, bytes));
    if (level.length <= perNode) {
      blocks.push(block(first, nodeOf(level, depth)));
      return blocks.sort((a, b) => a.logical - b.logical);
    }
    const above: Child[] = [];
    for (let at = 0; at < level.length; at += perNode) {
      const children = level.slice(at, at + perNode);
      above.push({ bytes: nodeOf(children, depth), hash: children.at(-1)?.hash ?? 0, logical: next++ });
    }
    level = above;
  }
}

interface Child extends HashedLeaf {
  readonly logical: number;
}

function block(logical: number, bytes: Buffer): ForkBlock {
  return { logical, bytes, header: headers.hashed };
}

function linkNeighbours(level: readonly Child[]): void {
  for (const [index, { bytes }] of level.entries()) {
    bytes.writeUInt32BE(level[index + 1]?.logical ?? 0, 0);
    bytes.writeUInt32BE(level[index - 1]?.logical ?? 0, 4);
  }
}

function nodeOf(children: readonly Child[], depth: number): Buffer {
  const bytes = Buffer.alloc(blockSize);
  bytes.writeUInt16BE(nodeMagic, 8);
  bytes.writeUInt16BE(children.length, hashedHeaderSize);
  bytes.writeUInt16BE(depth, hashedHeaderSize + 2);
  for (const [index, { hash, logical }] of children.entries()) {
    bytes.writeUInt32BE(hash, nodeEntriesAt + index * 8);
    bytes.writeUInt32BE(logical, nodeEntriesAt + index * 8 + 4);
  }
  return bytes;
}
