import { blockSize } from '../extents.ts';
import type { Extent } from '../tree/extents.ts';
import { headers, writeU64 } from './format.ts';
import { blockNumber, type Geometry } from './geometry.ts';
import type { Metadata } from './metadata.ts';
import { type TreeNode, writeLevel } from './tree-levels.ts';

const magic = 0x424d4133;
const headerSize = 72;
const perBlock = Math.floor((blockSize - headerSize) / 16);
export const extentSize = 16;
/** Room that an inode needs for the root of a tree of extents, if its file may have many some day. */
export const leastRoot = 56;

export interface MappedExtents {
  /** For the inode. */
  readonly bytes: Buffer;
  /** Whether that is the root of a tree. */
  readonly tree: boolean;
  /** Of the tree. */
  readonly blocks: number;
}

export interface ExtentTreeOptions {
  readonly inode: number;
  /** Bytes that the inode has for it. */
  readonly room: number;
  readonly geometry: Geometry;
  readonly metadata: Metadata;
}

/** In the inode, or in a tree whose root is there. */
export function mapExtents(extents: readonly Extent[], options: ExtentTreeOptions): MappedExtents {
  const { inode, room, geometry, metadata } = options;
  if (extents.length * extentSize <= room) {
    const bytes = Buffer.alloc(extents.length * extentSize);
    for (const [index, extent] of extents.entries()) writeExtent(bytes, extent, index * extentSize, geometry);
    return { bytes, tree: false, blocks: 0 };
  }
  const mostInRoot = Math.floor((room - 4) / 16);
  let items: readonly Extent[] = extents;
  let level = 0;
  let blocks = 0;
  const write = (node: TreeNode<Extent>) => {
    metadata.write(node.place, blockOf(node, geometry), headers.extentTree, inode);
    blocks++;
  };
  const above = ({ logical }: Extent, place: number): Extent => ({ logical, physical: place, count: 0 });
  do {
    items = writeLevel(items, level++, { most: () => perBlock, reserve: metadata.reserve, write, above });
  } while (items.length > mostInRoot);
  const bytes = Buffer.alloc(room);
  bytes.writeUInt16BE(level, 0);
  bytes.writeUInt16BE(items.length, 2);
  writePointers(bytes, items, { keysAt: 4, most: mostInRoot, geometry });
  return { bytes, tree: true, blocks };
}

function blockOf({ level, items, left, right }: TreeNode<Extent>, geometry: Geometry): Buffer {
  const bytes = Buffer.alloc(blockSize);
  bytes.writeUInt32BE(magic, 0);
  bytes.writeUInt16BE(level, 4);
  bytes.writeUInt16BE(items.length, 6);
  for (const [at, neighbour] of [
    [8, left],
    [16, right],
  ] as const) {
    if (neighbour === undefined) bytes.fill(0xff, at, at + 8);
    else writeU64(bytes, blockNumber(neighbour, geometry), at);
  }
  if (level > 0) writePointers(bytes, items, { keysAt: headerSize, most: perBlock, geometry });
  else
    for (const [index, extent] of items.entries())
      writeExtent(bytes, extent, headerSize + index * extentSize, geometry);
  return bytes;
}

/** Keys first, then the blocks, behind the room for all keys that there might be. */
function writePointers(
  bytes: Buffer,
  items: readonly Extent[],
  { keysAt, most, geometry }: { readonly keysAt: number; readonly most: number; readonly geometry: Geometry },
): void {
  for (const [index, { logical, physical }] of items.entries()) {
    writeU64(bytes, logical, keysAt + index * 8);
    writeU64(bytes, blockNumber(physical, geometry), keysAt + (most + index) * 8);
  }
}

/** In 128 bits: one that says "not yet written", 54 for the place in the file, 52 for the block, 21 for the length. */
function writeExtent(
  bytes: Buffer,
  { logical, physical, count }: Extent,
  at: number,
  geometry: Geometry,
): void {
  const block = BigInt(blockNumber(physical, geometry));
  bytes.writeBigUInt64BE((BigInt(logical) << 9n) | (block >> 43n), at);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, (block << 21n) | BigInt(count)), at + 8);
}
