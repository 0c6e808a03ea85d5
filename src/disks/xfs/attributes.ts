import { blockSize } from '../extents.ts';
import { type ForkBlock, headers, roundUp } from './format.ts';
import { type HashedLeaf, hashedHeaderSize, hashedTree, nameHash } from './hashed-tree.ts';

/** As the disk has it: without the prefix of its kind. */
export interface Attribute {
  readonly name: Buffer;
  readonly value: Buffer;
  /** What the prefix was. */
  readonly kind: number;
}

const magic = { leaf: 0x3bee, remote: 0x5841524d };
const inPlace = 1;
const leafHeaderSize = 80;
const remoteHeaderSize = 56;
const perRemoteBlock = blockSize - remoteHeaderSize;
/** Longer entries keep their value in blocks of its own. */
const longestInPlace = (blockSize * 3) / 4;

/** For the inode itself; `undefined` where that cannot hold them. */
export function shortAttributes(attributes: readonly Attribute[], room: number): Buffer | undefined {
  const size = attributes.reduce((sum, { name, value }) => sum + 3 + name.length + value.length, 4);
  if (size > room || attributes.some(({ value }) => value.length > 0xff)) return undefined;
  const bytes = Buffer.alloc(size);
  bytes.writeUInt16BE(size, 0);
  bytes[2] = attributes.length;
  let at = 4;
  for (const { name, value, kind } of attributes) {
    bytes[at] = name.length;
    bytes[at + 1] = value.length;
    bytes[at + 2] = kind;
    at += 3 + name.copy(bytes, at + 3);
    at += value.copy(bytes, at);
  }
  return bytes;
}

interface Entry extends Attribute {
  readonly hash: number;
  /** Bytes of name and value in the leaf. */
  readonly size: number;
  readonly remote: boolean;
}

/** Leaves that find them by their hashes, and behind those the values that are too long for a leaf. */
export function attributeBlocks(attributes: readonly Attribute[]): ForkBlock[] {
  const leaves = inLeaves(attributes.map(entryOf).sort((a, b) => a.hash - b.hash));
  // Nodes between leaves and root take places too, which do not depend on what is in the leaves.
  const blank = leaves.map(() => ({ bytes: Buffer.alloc(blockSize), hash: 0 }));
  let next = hashedTree(blank, 0).length;
  const values: ForkBlock[] = [];
  const written = leaves.map((entries): HashedLeaf => {
    const bytes = leafOf(entries, (value) => {
      const place = next;
      const blocks = remoteBlocks(value, place);
      values.push(...blocks);
      next += blocks.length;
      return place;
    });
    return { bytes, hash: entries.at(-1)?.hash ?? 0 };
  });
  return [...hashedTree(written, 0), ...values];
}

function entryOf(attribute: Attribute): Entry {
  const { name, value } = attribute;
  const own = roundUp(3 + name.length + value.length, 4);
  const remote = own >= longestInPlace;
  const size = remote ? roundUp(11 + name.length, 4) : own;
  return { ...attribute, hash: nameHash(name), size, remote };
}

function inLeaves(entries: readonly Entry[]): Entry[][] {
  const leaves: Entry[][] = [];
  let room = 0;
  for (const entry of entries) {
    if (entry.size + 8 > room) {
      leaves.push([]);
      room = blockSize - leafHeaderSize;
    }
    room -= entry.size + 8;
    leaves.at(-1)?.push(entry);
  }
  return leaves;
}

/** Entries from the front, names and values from the back. */
function leafOf(entries: readonly Entry[], store: (value: Buffer) => number): Buffer {
  const bytes = Buffer.alloc(blockSize);
  let end = blockSize;
  let at = leafHeaderSize;
  for (const { hash, size, remote, kind, name, value } of entries) {
    end -= size;
    bytes.writeUInt32BE(hash, at);
    bytes.writeUInt16BE(end, at + 4);
    bytes[at + 6] = remote ? kind : kind | inPlace;
    at += 8;
    if (remote) {
      bytes.writeUInt32BE(store(value), end);
      bytes.writeUInt32BE(value.length, end + 4);
      bytes[end + 8] = name.length;
      name.copy(bytes, end + 9);
    } else {
      bytes.writeUInt16BE(value.length, end);
      bytes[end + 2] = name.length;
      value.copy(bytes, end + 3 + name.copy(bytes, end + 3));
    }
  }
  bytes.writeUInt16BE(magic.leaf, 8);
  bytes.writeUInt16BE(entries.length, hashedHeaderSize);
  bytes.writeUInt16BE(blockSize - end, hashedHeaderSize + 2);
  bytes.writeUInt16BE(end, hashedHeaderSize + 4);
  bytes.writeUInt16BE(at, hashedHeaderSize + 8);
  bytes.writeUInt16BE(end - at, hashedHeaderSize + 10);
  return bytes;
}

function remoteBlocks(value: Buffer, first: number): ForkBlock[] {
  const blocks: ForkBlock[] = [];
  for (let at = 0; at < value.length; at += perRemoteBlock) {
    const bytes = Buffer.alloc(blockSize);
    const part = value.subarray(at, at + perRemoteBlock);
    bytes.writeUInt32BE(magic.remote, 0);
    bytes.writeUInt32BE(at, 4);
    bytes.writeUInt32BE(part.length, 8);
    // In no transaction of the log.
    bytes.fill(0xff, 48, 56);
    part.copy(bytes, remoteHeaderSize);
    blocks.push({ logical: first + blocks.length, bytes, header: headers.remote });
  }
  return blocks;
}
