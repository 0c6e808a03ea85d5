import { crc32c } from '../tree/crc32c.ts';
import type { DirectoryEntry } from '../tree/folders.ts';
import { blockSize } from './geometry.ts';
import { nameHash } from './half-md4.ts';

export interface DirectoryBlocks {
  readonly blocks: readonly Buffer[];
  readonly indexed: boolean;
}

interface DirectoryOptions {
  readonly inode: number;
  readonly parent: number;
  /** What the checksums continue from: of this directory's inode. */
  readonly seed: number;
  readonly hashSeed: readonly number[];
}

const tailSize = 12;
const room = blockSize - tailSize;
const directoryType = 2;
/** Some room for names to come, so that the first of them does not split a block. */
const filledTo = Math.floor((room * 7) / 8);

/** One block with names in order, or a hash tree of blocks. `entries` are sorted, without `.` and `..`. */
export function writeDirectory(
  entries: readonly DirectoryEntry[],
  options: DirectoryOptions,
): DirectoryBlocks {
  const dots: DirectoryEntry[] = [
    { name: Buffer.from('.'), inode: options.inode, type: directoryType },
    { name: Buffer.from('..'), inode: options.parent, type: directoryType },
  ];
  let size = 24;
  for (const { name } of entries) size += entrySize(name.length);
  if (size <= room) return { blocks: [leaf([...dots, ...entries], options.seed)], indexed: false };
  return { blocks: indexedBlocks(entries, options), indexed: true };
}

function leaf(entries: readonly DirectoryEntry[], seed: number): Buffer {
  const block = Buffer.alloc(blockSize);
  let at = 0;
  for (const [index, { name, inode, type }] of entries.entries()) {
    const length = index === entries.length - 1 ? room - at : entrySize(name.length);
    block.writeUInt32LE(inode, at);
    block.writeUInt16LE(length, at + 4);
    block[at + 6] = name.length;
    block[at + 7] = type;
    name.copy(block, at + 8);
    at += length;
  }
  block.writeUInt16LE(tailSize, room + 4);
  block[room + 7] = 0xde;
  block.writeUInt32LE(crc32c(seed, block, 0, room), room + 8);
  return block;
}

function entrySize(nameLength: number): number {
  return (8 + nameLength + 3) & ~3;
}

/** From this hash on (its lowest bit set where the leaf before ends with the same hash), look in that block. */
interface IndexEntry {
  readonly hash: number;
  readonly block: number;
}

const rootEntriesAt = 32;
const nodeEntriesAt = 8;
const indexTail = 8;
const limitOf = (entriesAt: number) => (blockSize - entriesAt - indexTail) / 8;

/** Block 0 is the root, then come the leaves, then the nodes between, if the root cannot name all leaves. */
function indexedBlocks(entries: readonly DirectoryEntry[], options: DirectoryOptions): Buffer[] {
  const { seed, hashSeed } = options;
  const hashed = entries.map((entry) => ({ entry, hash: nameHash(entry.name, hashSeed) }));
  hashed.sort((a, b) => a.hash - b.hash || a.entry.name.compare(b.entry.name));
  const blocks: Buffer[] = [Buffer.alloc(blockSize)];
  let level: IndexEntry[] = [];
  let filling: DirectoryEntry[] = [];
  let size = 0;
  let firstHash = 0;
  let lastHash = -1;
  const flush = () => {
    level.push({ hash: firstHash, block: blocks.length });
    blocks.push(leaf(filling, seed));
    filling = [];
    size = 0;
  };
  for (const { entry, hash } of hashed) {
    const needed = entrySize(entry.name.length);
    if (size + needed > filledTo && filling.length > 0) {
      flush();
      firstHash = hash === lastHash ? hash | 1 : hash;
    }
    filling.push(entry);
    size += needed;
    lastHash = hash;
  }
  flush();
  let depth = 0;
  while (level.length > limitOf(rootEntriesAt)) {
    const above: IndexEntry[] = [];
    for (let at = 0; at < level.length; at += limitOf(nodeEntriesAt)) {
      const below = level.slice(at, at + limitOf(nodeEntriesAt));
      above.push({ hash: below[0]?.hash ?? 0, block: blocks.length });
      blocks.push(indexNode(below, seed));
    }
    level = above;
    depth++;
  }
  blocks[0] = indexRoot(level, { ...options, depth });
  return blocks;
}

function indexRoot(
  entries: readonly IndexEntry[],
  { inode, parent, seed, depth }: DirectoryOptions & { readonly depth: number },
): Buffer {
  const block = Buffer.alloc(blockSize);
  block.writeUInt32LE(inode, 0);
  block.writeUInt16LE(12, 4);
  block[6] = 1;
  block[7] = directoryType;
  block.write('.', 8);
  block.writeUInt32LE(parent, 12);
  block.writeUInt16LE(blockSize - 12, 16);
  block[18] = 2;
  block[19] = directoryType;
  block.write('..', 20);
  block[28] = 1; // half MD4
  block[29] = 8; // bytes of this description
  block[30] = depth;
  return sealIndex(block, entries, { at: rootEntriesAt, seed });
}

function indexNode(entries: readonly IndexEntry[], seed: number): Buffer {
  const block = Buffer.alloc(blockSize);
  block.writeUInt16LE(blockSize, 4);
  return sealIndex(block, entries, { at: nodeEntriesAt, seed });
}

/** The first entry has no hash: how many there may be and are stands in its place. */
function sealIndex(
  block: Buffer,
  entries: readonly IndexEntry[],
  { at, seed }: { readonly at: number; readonly seed: number },
): Buffer {
  for (const [index, { hash, block: target }] of entries.entries()) {
    if (index > 0) block.writeUInt32LE(hash, at + index * 8);
    block.writeUInt32LE(target, at + index * 8 + 4);
  }
  block.writeUInt16LE(limitOf(at), at);
  block.writeUInt16LE(entries.length, at + 2);
  const used = crc32c(seed, block, 0, at + entries.length * 8);
  block.writeUInt32LE(crc32c(used, Buffer.alloc(8)), blockSize - 4);
  return block;
}
