import { crc32c } from '../tree/crc32c.ts';
import {
  generation,
  headerSize,
  type Item,
  itemHeaderSize,
  nodeSize,
  pointerSize,
  writeU64,
} from './format.ts';

/** Where a tree's blocks go. */
export interface TreeTarget {
  /** The address of the next block. */
  place(level: number): number;
  write(address: number, block: Buffer): void;
}

export interface TreeOptions {
  readonly id: number | bigint;
  readonly uuid: Buffer;
  readonly chunkTreeUuid: Buffer;
}

export interface BuiltTree {
  readonly address: number;
  readonly level: number;
  readonly blocks: number;
}

const written = 1;
const mixedBackReferences = 2 ** 24;
const mostPointers = Math.floor((nodeSize - headerSize) / pointerSize);
export const longestItem = nodeSize - headerSize - itemHeaderSize;

interface OpenNode {
  block: Buffer;
  count: number;
  firstKey: Buffer | undefined;
  /** Of a leaf: where its data begins. */
  dataAt: number;
}

/** Packs ascending items into leaves and those into nodes, each as full as it gets, in one pass. */
export function buildTree(items: Iterable<Item>, target: TreeTarget, options: TreeOptions): BuiltTree {
  const open: OpenNode[] = [newNode()];
  let blocks = 0;

  function close(level: number): number {
    const node = open[level] as OpenNode;
    const address = target.place(level);
    writeHeader(node, { ...options, address, level });
    target.write(address, node.block);
    blocks++;
    return address;
  }

  function pushUp(level: number): void {
    const { firstKey } = open[level] as OpenNode;
    const address = close(level);
    open[level] = newNode();
    if ((open[level + 1]?.count ?? 0) === mostPointers) pushUp(level + 1);
    const above = open[level + 1] ?? newNode();
    open[level + 1] = above;
    const at = headerSize + above.count * pointerSize;
    (firstKey as Buffer).copy(above.block, at);
    writeU64(above.block, address, at + 17);
    writeU64(above.block, generation, at + 25);
    above.firstKey ??= firstKey;
    above.count++;
  }

  for (const { key, data } of items) {
    let leaf = open[0] as OpenNode;
    const free = leaf.dataAt - headerSize - leaf.count * itemHeaderSize;
    if (free < itemHeaderSize + data.length) {
      pushUp(0);
      leaf = open[0] as OpenNode;
    }
    const at = headerSize + leaf.count * itemHeaderSize;
    leaf.dataAt -= data.length;
    data.copy(leaf.block, leaf.dataAt);
    key.copy(leaf.block, at);
    leaf.block.writeUInt32LE(leaf.dataAt - headerSize, at + 17);
    leaf.block.writeUInt32LE(data.length, at + 21);
    leaf.firstKey ??= key;
    leaf.count++;
  }
  let level = 0;
  for (; level < open.length - 1; level++) pushUp(level);
  return { address: close(level), level, blocks };
}

/** The levels of a tree's blocks in the order in which they are placed. */
export function levelsOf(items: Iterable<Item>): number[] {
  const levels: number[] = [];
  const target = { place: (level: number) => levels.push(level), write: () => undefined };
  const none = Buffer.alloc(16);
  buildTree(items, target, { id: 0, uuid: none, chunkTreeUuid: none });
  return levels;
}

function newNode(): OpenNode {
  return { block: Buffer.alloc(nodeSize), count: 0, firstKey: undefined, dataAt: nodeSize };
}

interface Header extends TreeOptions {
  readonly address: number;
  readonly level: number;
}

function writeHeader({ block, count }: OpenNode, header: Header): void {
  header.uuid.copy(block, 32);
  writeU64(block, header.address, 48);
  block.writeUInt32LE(written, 56);
  block.writeUInt32LE(mixedBackReferences, 60);
  header.chunkTreeUuid.copy(block, 64);
  writeU64(block, generation, 80);
  writeU64(block, header.id, 88);
  block.writeUInt32LE(count, 96);
  block.writeUInt8(header.level, 100);
  seal(block);
}

/** Puts the checksum of all that follows it at the start. */
export function seal(block: Buffer): void {
  block.writeUInt32LE((crc32c(0xffff_ffff, block, 32) ^ 0xffff_ffff) >>> 0, 0);
}
