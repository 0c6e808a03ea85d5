import { blockSize } from '../extents.ts';
import { headers, none } from './format.ts';
import type { Metadata } from './metadata.ts';
import { type TreeNode, writeLevel } from './tree-levels.ts';

export const groupTrees = {
  blocksByPlace: { magic: 0x41423342, recordSize: 8 },
  blocksBySize: { magic: 0x41423343, recordSize: 8 },
  inodes: { magic: 0x49414233, recordSize: 16 },
  freeInodes: { magic: 0x46494233, recordSize: 16 },
  sharedBlocks: { magic: 0x52334643, recordSize: 12 },
} as const;

const headerSize = 56;
/** A pointer, and the key of the trees that may have more than a root: the first inode. */
const pointerSize = 4;
const keySize = 4;

export interface GroupTreeOptions {
  readonly group: number;
  /** The block with the number 0 in the group. */
  readonly start: number;
  /** Of the root, if nothing else is needed. */
  readonly root: number;
  /** Places for so many blocks more. */
  readonly reserve: (count: number) => number[];
  readonly metadata: Metadata;
}

export interface GroupTree {
  /** In the group. */
  readonly root: number;
  readonly levels: number;
  readonly blocks: number;
}

/** Records ascend; those at a level above are a key and a pointer. */
export function writeGroupTree(
  kind: (typeof groupTrees)[keyof typeof groupTrees],
  records: readonly Buffer[],
  { group, start, root, reserve, metadata }: GroupTreeOptions,
): GroupTree {
  const perNode = Math.floor((blockSize - headerSize) / (keySize + pointerSize));
  const most = (level: number) =>
    level > 0 ? perNode : Math.floor((blockSize - headerSize) / kind.recordSize);
  const inGroup = (place: number | undefined) => (place === undefined ? none : place - start);
  let blocks = 0;
  const write = ({ level, items, place, left, right }: TreeNode<Buffer>) => {
    const bytes = Buffer.alloc(blockSize);
    bytes.writeUInt32BE(kind.magic, 0);
    bytes.writeUInt16BE(level, 4);
    bytes.writeUInt16BE(items.length, 6);
    bytes.writeUInt32BE(inGroup(left), 8);
    bytes.writeUInt32BE(inGroup(right), 12);
    for (const [index, item] of items.entries()) {
      if (level === 0) item.copy(bytes, headerSize + index * kind.recordSize);
      else {
        item.copy(bytes, headerSize + index * keySize, 0, keySize);
        item.copy(bytes, headerSize + perNode * keySize + index * pointerSize, keySize);
      }
    }
    metadata.write(place, bytes, headers.groupTree, group);
    blocks++;
  };
  const above = (first: Buffer, place: number) => {
    const item = Buffer.alloc(keySize + pointerSize);
    first.copy(item, 0, 0, keySize);
    item.writeUInt32BE(place - start, keySize);
    return item;
  };
  let items = records;
  let level = 0;
  while (items.length > most(level)) items = writeLevel(items, level++, { most, reserve, write, above });
  write({ level, items, place: root, left: undefined, right: undefined });
  return { root: root - start, levels: level + 1, blocks };
}
