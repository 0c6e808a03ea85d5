import { refusal } from '../../support/tar/refusal.ts';

/** What a folder says of an inode. */
export interface DirectoryEntry {
  readonly name: Buffer;
  readonly inode: number;
  /** As in `fileTypes`. */
  readonly type: number;
}

/** A folder while its names come in. Names hold a byte per character. */
export interface Folder {
  readonly inode: number;
  readonly parent: number;
  readonly names: string[];
  readonly inodes: number[];
  readonly types: number[];
  /** Folders in it. */
  folders: number;
  /** Nobody has named it so far, only what is in it. */
  implied: boolean;
  /** Made when the first hard link asks. */
  byName?: Map<string, number>;
}

export function createFolder(inode: number, parent: number, implied: boolean): Folder {
  return { implied, inode, parent, names: [], inodes: [], types: [], folders: 0 };
}

export function addName(folder: Folder, name: string, inode: number, type: number): void {
  folder.names.push(name);
  folder.inodes.push(inode);
  folder.types.push(type);
  folder.byName?.set(name, folder.names.length - 1);
}

/** Position of a name among the folder's. */
export function findName(folder: Folder, name: string): number | undefined {
  folder.byName ??= new Map(folder.names.map((known, index) => [known, index]));
  return folder.byName.get(name);
}

/** By the bytes of their names; throws if a name is there twice. */
export function sortedEntries(folder: Folder, path: string): DirectoryEntry[] {
  const { names, inodes, types } = folder;
  const order = names.map((_, index) => index);
  const inOrder = names.every((name, index) => index === 0 || (names[index - 1] as string) < name);
  if (!inOrder) order.sort((a, b) => ((names[a] as string) < (names[b] as string) ? -1 : 1));
  return order.map((index, at) => {
    const name = names[index] as string;
    if (at > 0 && names[order[at - 1] as number] === name) {
      throw refusal(path === '' ? name : `${path}/${name}`, 0, 'it is there twice');
    }
    return {
      name: Buffer.from(name, 'latin1'),
      inode: inodes[index] as number,
      type: types[index] as number,
    };
  });
}
