import { crc32c } from '../tree/crc32c.ts';
import { blockSize, inodeSize } from './geometry.ts';
import { inlineAttributesAt } from './inode.ts';

const magic = 0xea020000;
const inlineSize = inodeSize - inlineAttributesAt - 4;
const blockHeaderSize = 32;
const entryHeaderSize = 16;

/** Names are kept without these; the longest comes first. */
const prefixes: readonly (readonly [prefix: string, index: number])[] = [
  ['system.posix_acl_access', 2],
  ['system.posix_acl_default', 3],
  ['security.', 6],
  ['trusted.', 4],
  ['system.', 7],
  ['user.', 1],
];

interface Attribute {
  readonly index: number;
  readonly name: Buffer;
  readonly value: Buffer;
}

/**
 * Writes the attributes that fit into the inode; returns the block for the rest, without its checksum, if there is a
 * rest. `undefined` in `refused` is success, else it says why the file system cannot hold them.
 */
export function writeXattrs(
  inode: Buffer,
  xattrs: ReadonlyMap<string, Buffer>,
): { readonly block?: Buffer; readonly refused?: string } {
  const inline: Attribute[] = [];
  const rest: Attribute[] = [];
  let room = inlineSize - 4;
  for (const attribute of sorted(xattrs)) {
    const size = sizeOf(attribute);
    if (size <= room) {
      inline.push(attribute);
      room -= size;
    } else rest.push(attribute);
  }
  if (inline.length > 0) {
    inode.writeUInt32LE(magic, inlineAttributesAt);
    writeEntries(inode.subarray(inlineAttributesAt + 4, inodeSize), inline, { origin: 0, hashed: false });
  }
  if (rest.length === 0) return {};
  const needed = rest.reduce((sum, attribute) => sum + sizeOf(attribute), 0);
  if (needed + 4 > blockSize - blockHeaderSize) {
    return {
      refused: `its extended attributes need ${needed} bytes, and ext4 has room for one block of 4096`,
    };
  }
  const block = Buffer.alloc(blockSize);
  block.writeUInt32LE(magic, 0);
  block.writeUInt32LE(1, 4);
  block.writeUInt32LE(1, 8);
  const hash = writeEntries(block.subarray(blockHeaderSize), rest, { origin: blockHeaderSize, hashed: true });
  block.writeUInt32LE(hash, 12);
  return { block };
}

/** Of a block of attributes, which knows its place. */
export function sealXattrBlock(block: Buffer, place: number, fileSystemSeed: number): void {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(place), 0);
  block.writeUInt32LE(crc32c(crc32c(fileSystemSeed, bytes), block), 16);
}

/** In the order in which the kernel looks for them. */
function sorted(xattrs: ReadonlyMap<string, Buffer>): Attribute[] {
  const attributes = [...xattrs].map(([name, value]): Attribute => {
    const [prefix, index] = prefixes.find(([candidate]) => name.startsWith(candidate)) ?? ['', 0];
    const stored = index === 2 || index === 3 ? aclValue(value) : value;
    return { index, name: Buffer.from(name.slice(prefix.length), 'latin1'), value: stored };
  });
  return attributes.sort(
    (a, b) => a.index - b.index || a.name.length - b.name.length || a.name.compare(b.name),
  );
}

function sizeOf({ name, value }: Attribute): number {
  return entryHeaderSize + padded(name.length) + padded(value.length);
}

/** Entries from the front, values from the back; offsets count from `origin` bytes before `area`. */
function writeEntries(
  area: Buffer,
  attributes: readonly Attribute[],
  { origin, hashed }: { readonly origin: number; readonly hashed: boolean },
): number {
  let at = 0;
  let valueAt = area.length;
  let blockHash = 0;
  for (const { index, name, value } of attributes) {
    valueAt -= padded(value.length);
    area[at] = name.length;
    area[at + 1] = index;
    area.writeUInt16LE(value.length === 0 ? 0 : origin + valueAt, at + 2);
    area.writeUInt32LE(value.length, at + 8);
    name.copy(area, at + entryHeaderSize);
    value.copy(area, valueAt);
    if (hashed) {
      const hash = entryHash(name, area.subarray(valueAt, valueAt + padded(value.length)));
      area.writeUInt32LE(hash, at + 12);
      blockHash = ((blockHash << 16) ^ (blockHash >>> 16) ^ hash) >>> 0;
    }
    at += entryHeaderSize + padded(name.length);
  }
  return blockHash;
}

function entryHash(name: Buffer, value: Buffer): number {
  let hash = 0;
  for (const byte of name) hash = (hash << 5) ^ (hash >>> 27) ^ byte;
  for (let at = 0; at < value.length; at += 4) hash = (hash << 16) ^ (hash >>> 16) ^ value.readInt32LE(at);
  return hash >>> 0;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

const named = new Set([0x02, 0x08]);

/** Programs see access lists as version 2 with an id in each entry; ext4 keeps version 1 with ids where they matter. */
function aclValue(value: Buffer): Buffer {
  if (value.length < 4 || value.readUInt32LE(0) !== 2) return value;
  const parts: Buffer[] = [Buffer.from([1, 0, 0, 0])];
  for (let at = 4; at + 8 <= value.length; at += 8) {
    parts.push(value.subarray(at, named.has(value.readUInt16LE(at)) ? at + 8 : at + 4));
  }
  return Buffer.concat(parts);
}
