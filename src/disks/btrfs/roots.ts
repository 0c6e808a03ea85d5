import { generation, type Item, itemTypes, key, nodeSize, rootInode, treeIds, writeU64 } from './format.ts';
import { inodeItemSize, setSize, writeInode } from './inode.ts';
import { entryData, nameHash, referenceItems } from './names.ts';
import type { BuiltTree } from './tree-builder.ts';

export const rootTreeFolder = 6;

export interface Roots {
  readonly trees: ReadonlyMap<number | bigint, BuiltTree>;
  /** Of the tree of files. */
  readonly uuid: Buffer;
  readonly epoch: number;
}

/** The items of the root tree: where all others begin, and which of them is mounted. */
export function rootItems({ trees, uuid, epoch }: Roots): Item[] {
  const root = (id: number | bigint, data: Buffer): Item => ({ key: key(id, itemTypes.root, 0), data });
  const of = (id: number | bigint, files?: Buffer) =>
    root(id, rootData(trees.get(id) as BuiltTree, epoch, files));
  const name = Buffer.from('default');
  const location = key(treeIds.files, itemTypes.root, -1n);
  const folder = { folder: rootTreeFolder, index: 0 };
  return [
    of(treeIds.extents),
    of(treeIds.devices),
    ...referenceItems(treeIds.files, [{ ...folder, name }]),
    of(treeIds.files, uuid),
    { key: key(rootTreeFolder, itemTypes.inode, 0), data: folderInode(epoch) },
    ...referenceItems(rootTreeFolder, [{ ...folder, name: Buffer.from('..') }]),
    {
      key: key(rootTreeFolder, itemTypes.dirItem, nameHash(name)),
      data: entryData({ location, type: 2, name }),
    },
    of(treeIds.checksums),
    of(treeIds.uuids),
    of(treeIds.freeSpace),
    of(treeIds.dataRelocation, Buffer.alloc(16)),
  ];
}

/** Of a folder that nobody sees. */
export function folderInode(epoch: number): Buffer {
  const inode = Buffer.alloc(inodeItemSize);
  const nobody = { mode: 0o755, uid: 0, gid: 0, major: 0, minor: 0 };
  writeInode(inode, { ...nobody, type: 'directory', mtime: epoch });
  setSize(inode, 0, nodeSize);
  return inode;
}

/** `files`: the UUID of a tree with files. */
function rootData({ address, level, blocks }: BuiltTree, epoch: number, files?: Buffer): Buffer {
  const data = Buffer.alloc(439);
  writeU64(data, 1, 0);
  writeU64(data, 3, 16);
  writeU64(data, nodeSize, 24);
  data.writeUInt32LE(1, 40);
  data.writeUInt32LE(0o40755, 52);
  writeU64(data, generation, 160);
  if (files) writeU64(data, rootInode, 168);
  writeU64(data, address, 176);
  writeU64(data, blocks * nodeSize, 192);
  data.writeUInt32LE(1, 216);
  data.writeUInt8(level, 238);
  writeU64(data, generation, 239);
  files?.copy(data, 247);
  if (files) for (const at of [327, 339]) writeU64(data, epoch, at);
  return data;
}
