import type { Extent } from '../tree/extents.ts';
import { type Folder, sortedEntries } from '../tree/folders.ts';
import type { InodeTable } from '../tree/inode-table.ts';
import { generation, type Item, itemTypes, key, rootInode, sectorSize, writeU64 } from './format.ts';
import { setSize } from './inode.ts';
import { attributeItems, byHash, entryData, type Name, nameHash, referenceItems } from './names.ts';

const firstIndex = 2;

/** All that a tree holds but the content of its files. */
export interface Files {
  readonly inodes: InodeTable;
  readonly folders: ReadonlyMap<string, Folder>;
  readonly attributes: ReadonlyMap<number, ReadonlyMap<string, Buffer>>;
  readonly linkTargets: ReadonlyMap<number, Buffer>;
  /** Where content lies, by file. */
  readonly content: ReadonlyMap<number, readonly Extent[]>;
}

/** The items of the tree of files, ascending. */
export function* fileItems(files: Files): Generator<Item> {
  const names = namesOf(files);
  const folders = new Map([...files.folders].map(([path, folder]) => [folder.inode, { path, folder }]));
  for (let inode = rootInode; inode <= files.inodes.last; inode++) {
    const own = folders.get(inode);
    if (own) setSize(files.inodes.at(inode), sizeOf(own.folder), 0);
    yield { key: key(inode, itemTypes.inode, 0), data: files.inodes.at(inode) };
    yield* referenceItems(inode, names(inode));
    const attributes = files.attributes.get(inode);
    if (attributes) yield* attributeItems(inode, attributes);
    if (own) yield* folderItems(own.folder, own.path);
    const target = files.linkTargets.get(inode);
    if (target) yield { key: key(inode, itemTypes.extentData, 0), data: inlineData(target) };
    for (const extent of files.content.get(inode) ?? []) {
      const at = extent.logical * sectorSize;
      yield { key: key(inode, itemTypes.extentData, at), data: extentData(extent) };
    }
  }
}

/** The folder of a tree that has nothing in it. */
export function emptyTreeItems(inode: Buffer): Item[] {
  const name: Name = { folder: rootInode, index: 0, name: Buffer.from('..') };
  return [{ key: key(rootInode, itemTypes.inode, 0), data: inode }, ...referenceItems(rootInode, [name])];
}

/** All names of an inode. Most have one, which needs no list. */
function namesOf({ folders, inodes }: Files): (inode: number) => Name[] {
  const folderOf: (Folder | undefined)[] = new Array(inodes.last + 1).fill(undefined);
  const indexOf: number[] = new Array(inodes.last + 1).fill(0);
  const further = new Map<number, Name[]>();
  const nameIn = (folder: Folder, at: number): Name => ({
    folder: folder.inode,
    index: at + firstIndex,
    name: Buffer.from(folder.names[at] as string, 'latin1'),
  });
  for (const folder of folders.values()) {
    for (const [at, inode] of folder.inodes.entries()) {
      if (folderOf[inode]) {
        const known = further.get(inode) ?? [];
        further.set(inode, known);
        known.push(nameIn(folder, at));
      } else {
        folderOf[inode] = folder;
        indexOf[inode] = at;
      }
    }
  }
  return (inode) => {
    if (inode === rootInode) return [{ folder: rootInode, index: 0, name: Buffer.from('..') }];
    const folder = folderOf[inode] as Folder;
    return [nameIn(folder, indexOf[inode] as number), ...(further.get(inode) ?? [])];
  };
}

function* folderItems(folder: Folder, path: string): Generator<Item> {
  // Throws where a name is there twice.
  sortedEntries(folder, path);
  const entries = folder.names.map((text, at) => {
    const name = Buffer.from(text, 'latin1');
    const location = key(folder.inodes[at] as number, itemTypes.inode, 0);
    return { hash: nameHash(name), data: entryData({ location, type: folder.types[at] as number, name }) };
  });
  yield* byHash([...entries], (hash) => key(folder.inode, itemTypes.dirItem, hash));
  for (const [at, { data }] of entries.entries()) {
    yield { key: key(folder.inode, itemTypes.dirIndex, at + firstIndex), data };
  }
}

/** Each name counts twice: by its hash and by its index. */
function sizeOf({ names }: Folder): number {
  return names.reduce((sum, name) => sum + 2 * name.length, 0);
}

function inlineData(content: Buffer): Buffer {
  const data = Buffer.alloc(21 + content.length);
  writeU64(data, generation, 0);
  writeU64(data, content.length, 8);
  content.copy(data, 21);
  return data;
}

function extentData({ physical, count }: Extent): Buffer {
  const data = Buffer.alloc(53);
  const bytes = count * sectorSize;
  writeU64(data, generation, 0);
  writeU64(data, bytes, 8);
  data.writeUInt8(1, 20);
  writeU64(data, physical * sectorSize, 21);
  writeU64(data, bytes, 29);
  writeU64(data, bytes, 45);
  return data;
}
