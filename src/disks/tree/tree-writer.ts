import type { GildError } from '../../support/errors.ts';
import { impliedDirectory, type TarEntry } from '../../support/tar/entry.ts';
import { refusal } from '../../support/tar/refusal.ts';
import type { FileSystemWriter } from '../types.ts';
import type { Extent } from './extents.ts';
import type { FileContent } from './file-content.ts';
import { fileTypes, type InodeType } from './file-types.ts';
import { addName, createFolder, type Folder, findName } from './folders.ts';

/** What each kind of file system does in its own way. */
export interface TreeFormat {
  /** As errors call it. */
  readonly name: string;
  /** Names of one inode. */
  readonly mostLinks: number;
  /** Bytes of the target of a symbolic link. */
  readonly longestTarget: number;
  /** Where the content of files goes. */
  readonly content: FileContent;
  /** The number of a new inode. The root's is asked for first. */
  addInode(path: string): number;
  /** Takes all that an entry says but its content; of a folder perhaps twice, and then the second counts. */
  describe(inode: number, entry: TarEntry, type: InodeType): void;
  linksOf(inode: number): number;
  setLinks(inode: number, links: number): void;
  /** Of a file; `size` in bytes. */
  setContent(inode: number, size: number, extents: readonly Extent[]): void;
  /** Of a symbolic link. */
  setTarget(inode: number, target: Buffer): void;
  /** After the last entry: writes all that is left to write, returns the size in bytes. */
  finish(tree: FinishedTree): number;
}

export interface FinishedTree {
  /** By their paths. */
  readonly folders: ReadonlyMap<string, Folder>;
  /** A folder that the file system wants to have in each tree. */
  addFolder(entry: TarEntry): void;
}

const longestName = 255;

/**
 * Takes the entries of a tree, in one pass. Paths are relative, without `.` and `..`; the root is the empty path and may
 * be absent, as may other folders: they are made, of `epoch` (seconds since 1970). Throws `ARCHIVE_REFUSED` for what the
 * file system cannot hold.
 */
export function createTreeWriter(format: TreeFormat, epoch: number): FileSystemWriter {
  const { content } = format;
  const folders = new Map<string, Folder>();
  let open: { readonly inode: number; readonly size: number } | undefined;
  let size = 0;

  function closeFile(): void {
    if (!open) return;
    format.setContent(open.inode, open.size, content.finish());
    open = undefined;
  }

  function folderAt(path: string, { offset }: TarEntry): Folder {
    return folders.get(path) ?? makeFolder(impliedDirectory(path, epoch, offset), true);
  }

  /** The folder that an entry belongs into, once its name there is seen to be one. */
  function parentOf(entry: TarEntry, name: string): Folder {
    if (name === '' || name === '.' || name === '..') throw refused(entry, 'it is no name');
    if (name.length > longestName)
      throw refused(entry, `${format.name} knows no names of more than ${longestName} bytes`);
    return folderAt(folderOf(entry.path), entry);
  }

  function makeFolder(entry: TarEntry, implied = false): Folder {
    const known = folders.get(entry.path);
    if (known) {
      if (!known.implied) throw refused(entry, 'it is there twice');
      known.implied = false;
      format.describe(known.inode, entry, 'directory');
      return known;
    }
    const name = nameOf(entry.path);
    const parent = parentOf(entry, name);
    const inode = format.addInode(entry.path);
    addName(parent, name, inode, fileTypes.directory.entry);
    parent.folders++;
    const folder = createFolder(inode, parent.inode, implied);
    folders.set(entry.path, folder);
    format.describe(inode, entry, 'directory');
    return folder;
  }

  function makeRoot(): void {
    const inode = format.addInode('');
    folders.set('', createFolder(inode, inode, true));
    format.describe(inode, impliedDirectory('', epoch, 0), 'directory');
  }

  function makeLink(entry: TarEntry): void {
    const folder = folders.get(folderOf(entry.target));
    const at = folder && findName(folder, nameOf(entry.target));
    if (!folder || at === undefined)
      throw refused(entry, `it is a hard link to \`${entry.target}\`, which did not come before`);
    const [inode, type] = [folder.inodes[at] as number, folder.types[at] as number];
    if (type === fileTypes.directory.entry) throw refused(entry, 'it is a hard link to a folder');
    const links = format.linksOf(inode) + 1;
    if (links > format.mostLinks)
      throw refused(entry, `${format.name} knows no more than ${format.mostLinks} hard links`);
    format.setLinks(inode, links);
    const name = nameOf(entry.path);
    addName(parentOf(entry, name), name, inode, type);
  }

  function makeOther(entry: TarEntry, type: Exclude<InodeType, 'directory'>): void {
    const name = nameOf(entry.path);
    const parent = parentOf(entry, name);
    const inode = format.addInode(entry.path);
    addName(parent, name, inode, fileTypes[type].entry);
    format.describe(inode, entry, type);
    if (type === 'file') open = { inode, size: entry.size };
    if (type !== 'symlink') return;
    const target = Buffer.from(entry.target, 'latin1');
    if (target.length === 0 || target.length > format.longestTarget)
      throw refused(entry, `${format.name} knows no links to ${target.length} bytes`);
    format.setTarget(inode, target);
  }

  makeRoot();
  return {
    entry(entry) {
      closeFile();
      const path = entry.path.replace(/\/+$/, '');
      const named = path === entry.path ? entry : { ...entry, path };
      if (entry.type === 'directory') makeFolder(named);
      else if (entry.type === 'link') makeLink(named);
      else makeOther(named, entry.type);
    },
    data: content.data,
    end() {
      closeFile();
      size = format.finish({ folders, addFolder: makeFolder });
    },
    get size() {
      return size;
    },
  };
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function refused({ path, offset }: TarEntry, why: string): GildError {
  return refusal(path, offset, why);
}
