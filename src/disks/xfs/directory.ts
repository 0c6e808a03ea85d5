import { blockSize } from '../extents.ts';
import { fileTypes } from '../tree/file-types.ts';
import type { DirectoryEntry } from '../tree/folders.ts';
import { type ForkBlock, headers, roundUp, writeU64 } from './format.ts';
import { hashedHeaderSize, hashedTree, nameHash } from './hashed-tree.ts';

/** Inodes by their numbers on the disk. */
export interface Directory {
  readonly inode: number;
  readonly parent: number;
  /** Sorted, without `.` and `..`. */
  readonly entries: readonly DirectoryEntry[];
}

const magic = { block: 0x58444233, names: 0x58444433, free: 0x58444633, onlyLeaf: 0x3df1, leaf: 0x3dff };
const entriesAt = 64;
/** Where, in blocks of the fork, leaves begin, and lists of what is free in the blocks of names. */
const leavesAt = 2 ** 35 / blockSize;
const freeAt = 2 ** 36 / blockSize;
const perLeaf = (blockSize - entriesAt) / 8;
const perFreeBlock = (blockSize - entriesAt) / 2;
const unused = 0xffff;

/** For the inode itself; `undefined` where it needs more than `room` bytes. */
export function shortDirectory({ parent, entries }: Directory, room: number): Buffer | undefined {
  const wide = entries.filter(({ inode }) => inode > 0xffff_ffff).length + (parent > 0xffff_ffff ? 1 : 0);
  const numberSize = wide > 0 ? 8 : 4;
  const size = entries.reduce((sum, { name }) => sum + 4 + name.length + numberSize, 2 + numberSize);
  if (size > room || entries.length > 0xff) return undefined;
  const bytes = Buffer.alloc(size);
  const writeNumber = (inode: number, at: number) =>
    numberSize === 8 ? writeU64(bytes, inode, at) : bytes.writeUInt32BE(inode, at);
  bytes[0] = entries.length;
  bytes[1] = wide;
  writeNumber(parent, 2);
  let at = 2 + numberSize;
  // Where each name would be in a block, behind both dots.
  let offset = entriesAt + 2 * entrySize(1);
  for (const { name, inode, type } of entries) {
    bytes[at] = name.length;
    bytes.writeUInt16BE(offset, at + 1);
    name.copy(bytes, at + 3);
    bytes[at + 3 + name.length] = type;
    writeNumber(inode, at + 4 + name.length);
    at += 4 + name.length + numberSize;
    offset += entrySize(name.length);
  }
  return bytes;
}

/** One block that holds all, or blocks of names, a tree that finds them by their hashes, and lists of what is free. */
export function directoryBlocks(directory: Directory): ForkBlock[] {
  const { inode, parent, entries } = directory;
  const type = fileTypes.directory.entry;
  const dots = [
    { name: Buffer.from('.'), inode, type },
    { name: Buffer.from('..'), inode: parent, type },
  ];
  const all = [...dots, ...entries];
  const names = all.reduce((sum, { name }) => sum + entrySize(name.length), 0);
  const tail = all.length * 8 + 8;
  if (entriesAt + names + tail <= blockSize) return [namesBlock(singleBlock(all, blockSize - tail), 0)];
  const { blocks, bests, found } = namesBlocks(all);
  return [...blocks.map(namesBlock), ...leavesOf(found, bests)];
}

/** Bytes of a directory with more than its inode: those of its blocks of names. */
export function directorySize(blocks: readonly ForkBlock[]): number {
  return blocks.filter(({ logical }) => logical < leavesAt).length * blockSize;
}

function namesBlock(bytes: Buffer, logical: number): ForkBlock {
  return { logical, bytes, header: headers.directory };
}

/** Where a name is, in units of eight bytes, by its hash. */
interface Found {
  readonly hash: number;
  readonly address: number;
}

function singleBlock(all: readonly DirectoryEntry[], end: number): Buffer {
  const bytes = Buffer.alloc(blockSize);
  bytes.writeUInt32BE(magic.block, 0);
  const found: Found[] = [];
  let at = entriesAt;
  for (const entry of all) {
    found.push({ hash: nameHash(entry.name), address: at / 8 });
    at += writeEntry(bytes, entry, at);
  }
  writeFree(bytes, at, end);
  writeFound(bytes, sorted(found), end);
  bytes.writeUInt32BE(all.length, blockSize - 8);
  return bytes;
}

function namesBlocks(all: readonly DirectoryEntry[]): { blocks: Buffer[]; bests: number[]; found: Found[] } {
  const blocks: Buffer[] = [];
  const bests: number[] = [];
  const found: Found[] = [];
  let bytes = Buffer.alloc(0);
  let at = blockSize;
  const close = () => {
    if (blocks.length === 0) return;
    bests.push(blockSize - at);
    writeFree(bytes, at, blockSize);
  };
  for (const entry of all) {
    if (at + entrySize(entry.name.length) > blockSize) {
      close();
      bytes = Buffer.alloc(blockSize);
      bytes.writeUInt32BE(magic.names, 0);
      blocks.push(bytes);
      at = entriesAt;
    }
    found.push({ hash: nameHash(entry.name), address: ((blocks.length - 1) * blockSize + at) / 8 });
    at += writeEntry(bytes, entry, at);
  }
  close();
  return { blocks, bests, found: sorted(found) };
}

function leavesOf(found: readonly Found[], bests: readonly number[]): ForkBlock[] {
  if (entriesAt + found.length * 8 + bests.length * 2 + 4 <= blockSize) {
    const bytes = leaf(magic.onlyLeaf, found);
    const bestsAt = blockSize - 4 - bests.length * 2;
    for (const [index, best] of bests.entries()) bytes.writeUInt16BE(best, bestsAt + index * 2);
    bytes.writeUInt32BE(bests.length, blockSize - 4);
    return hashedTree([{ bytes, hash: 0 }], leavesAt);
  }
  const leaves = [];
  // Equal parts, two at least, for one leaf without a node would be another kind.
  const parts = Math.max(2, Math.ceil(found.length / perLeaf));
  for (let part = 0; part < parts; part++) {
    const from = Math.floor((found.length * part) / parts);
    const own = found.slice(from, Math.floor((found.length * (part + 1)) / parts));
    leaves.push({ bytes: leaf(magic.leaf, own), hash: own.at(-1)?.hash ?? 0 });
  }
  return [...hashedTree(leaves, leavesAt), ...freeBlocks(bests)];
}

function leaf(kind: number, found: readonly Found[]): Buffer {
  const bytes = Buffer.alloc(blockSize);
  bytes.writeUInt16BE(kind, 8);
  bytes.writeUInt16BE(found.length, hashedHeaderSize);
  writeFound(bytes, found, entriesAt);
  return bytes;
}

function freeBlocks(bests: readonly number[]): ForkBlock[] {
  const blocks: ForkBlock[] = [];
  for (let first = 0; first < bests.length; first += perFreeBlock) {
    const own = bests.slice(first, first + perFreeBlock);
    const bytes = Buffer.alloc(blockSize);
    bytes.writeUInt32BE(magic.free, 0);
    bytes.writeUInt32BE(first, 48);
    bytes.writeUInt32BE(own.length, 52);
    bytes.writeUInt32BE(own.length, 56);
    for (const [index, best] of own.entries()) bytes.writeUInt16BE(best, entriesAt + index * 2);
    blocks.push({ logical: freeAt + blocks.length, bytes, header: headers.directory });
  }
  return blocks;
}

function entrySize(nameLength: number): number {
  return roundUp(8 + 1 + nameLength + 1 + 2, 8);
}

function writeEntry(bytes: Buffer, { name, inode, type }: DirectoryEntry, at: number): number {
  const size = entrySize(name.length);
  writeU64(bytes, inode, at);
  bytes[at + 8] = name.length;
  name.copy(bytes, at + 9);
  bytes[at + 9 + name.length] = type;
  bytes.writeUInt16BE(at, at + size - 2);
  return size;
}

/** The only free space of a block, of which its header speaks. */
function writeFree(bytes: Buffer, from: number, to: number): void {
  if (from === to) return;
  bytes.writeUInt16BE(unused, from);
  bytes.writeUInt16BE(to - from, from + 2);
  bytes.writeUInt16BE(from, to - 2);
  bytes.writeUInt16BE(from, 48);
  bytes.writeUInt16BE(to - from, 50);
}

function writeFound(bytes: Buffer, found: readonly Found[], from: number): void {
  for (const [index, { hash, address }] of found.entries()) {
    bytes.writeUInt32BE(hash, from + index * 8);
    bytes.writeUInt32BE(address, from + index * 8 + 4);
  }
}

function sorted(found: Found[]): Found[] {
  return found.sort((a, b) => a.hash - b.hash || a.address - b.address);
}
