import { impliedDirectory, type TarEntry } from '../../support/tar/entry.ts';
import { refusal } from '../../support/tar/refusal.ts';
import { createBlockWriter } from '../ext4/block-writer.ts';
import type { Extent } from '../ext4/extent-tree.ts';
import { createFileContent } from '../ext4/file-content.ts';
import { fileTypes } from '../ext4/inode.ts';
import { createInodeTable } from '../ext4/inode-table.ts';
import { addName, createFolder, type Folder, findName } from '../ext4/names.ts';
import type { DiskTarget, FileSystemSize, FileSystemWriter } from '../types.ts';
import { createChecksums } from './checksums.ts';
import { finishFileSystem } from './finish.ts';
import { rootInode, sectorSize } from './format.ts';
import { inodeItemSize, linksOf, setLinks, setSize, writeInode } from './inode.ts';
import { createSpace, systemLength, systemStart } from './space.ts';
import { longestItem } from './tree-builder.ts';

export interface BtrfsOptions {
  /** 16 bytes. */
  readonly uuid: Buffer;
  /** All other identifiers are derived from it. */
  readonly seed: string;
  /** At most 255 bytes. */
  readonly label: string;
  /** Seconds since 1970, for what no entry of the tree dates. */
  readonly epoch: number;
  readonly size: FileSystemSize;
}

const mostLinks = 65_535;

/**
 * Writes a btrfs file system of one device from the entries of a tar, in one pass: content goes to the disk as it comes,
 * all trees follow at the end. Equal entries and options give equal bytes. Paths are relative, without `.` and `..`; the
 * root is the empty path and may be absent. Throws `ARCHIVE_REFUSED` for what btrfs cannot hold, `DISK_TOO_SMALL` at the
 * end where the size is fixed.
 */
export function createBtrfsWriter(target: DiskTarget, options: BtrfsOptions): FileSystemWriter {
  const limit = options.size.kind === 'fixed' ? options.size.bytes : Infinity;
  const space = createSpace(systemStart + systemLength);
  const sums = createChecksums();
  const blocks = createBlockWriter(target, space, limit / sectorSize);
  const content = createFileContent({
    append(bytes, placed) {
      let at = 0;
      blocks.append(bytes, (run) => {
        const length = run.count * sectorSize;
        sums.add(run.start * sectorSize, bytes.subarray(at, at + length));
        at += length;
        placed(run);
      });
    },
  });
  const inodes = createInodeTable({ first: rootInode, size: inodeItemSize });
  const folders = new Map<string, Folder>();
  const attributes = new Map<number, ReadonlyMap<string, Buffer>>();
  const linkTargets = new Map<number, Buffer>();
  const extents = new Map<number, readonly Extent[]>();
  let open: { readonly inode: number; readonly size: number } | undefined;
  let size = 0;

  function describe(inode: number, entry: TarEntry, type: keyof typeof fileTypes): void {
    writeInode(inodes.at(inode), { ...entry, type });
    attributes.delete(inode);
    if (entry.xattrs.size > 0) attributes.set(inode, fitting(entry));
  }

  function closeFile(): void {
    if (!open) return;
    const found = content.finish();
    const stored = found.reduce((sum, { count }) => sum + count * sectorSize, 0);
    setSize(inodes.at(open.inode), open.size, stored);
    if (found.length > 0) extents.set(open.inode, found);
    open = undefined;
  }

  /** Folders that nobody named are made. */
  function folderAt(path: string, entry: TarEntry): Folder {
    const known = folders.get(path);
    if (known) return known;
    return makeFolder(impliedDirectory(path, options.epoch, entry.offset), true);
  }

  function name(entry: TarEntry, inode: number, type: number): void {
    const slash = entry.path.lastIndexOf('/');
    const folder = folderAt(entry.path.slice(0, Math.max(0, slash)), entry);
    addName(folder, entry, { name: entry.path.slice(slash + 1), inode, type });
  }

  function makeFolder(entry: TarEntry, implied = false): Folder {
    const known = folders.get(entry.path);
    if (known) {
      if (!known.implied) throw refusal(entry.path, entry.offset, 'it is there twice');
      known.implied = false;
      describe(known.inode, entry, 'directory');
      return known;
    }
    const inode = inodes.add();
    if (entry.path !== '') name(entry, inode, fileTypes.directory.entry);
    const folder = createFolder(inode, inode, implied);
    folders.set(entry.path, folder);
    describe(inode, entry, 'directory');
    return folder;
  }

  function makeLink(entry: TarEntry): void {
    const slash = entry.target.lastIndexOf('/');
    const folder = folders.get(entry.target.slice(0, Math.max(0, slash)));
    const at = folder && findName(folder, entry.target.slice(slash + 1));
    if (!folder || at === undefined) {
      const why = `it is a hard link to \`${entry.target}\`, which did not come before`;
      throw refusal(entry.path, entry.offset, why);
    }
    const [inode, type] = [folder.inodes[at] as number, folder.types[at] as number];
    if (type === fileTypes.directory.entry)
      throw refusal(entry.path, entry.offset, 'it is a hard link to a folder');
    const links = linksOf(inodes.at(inode)) + 1;
    if (links > mostLinks)
      throw refusal(entry.path, entry.offset, `btrfs knows no more than ${mostLinks} hard links`);
    setLinks(inodes.at(inode), links);
    name(entry, inode, type);
  }

  function makeOther(entry: TarEntry, type: Exclude<keyof typeof fileTypes, 'directory'>): void {
    const inode = inodes.add();
    name(entry, inode, fileTypes[type].entry);
    describe(inode, entry, type);
    if (type === 'file') open = { inode, size: entry.size };
    if (type !== 'symlink') return;
    const bytes = Buffer.from(entry.target, 'latin1');
    if (bytes.length === 0 || bytes.length >= sectorSize)
      throw refusal(entry.path, entry.offset, `btrfs knows no links to ${bytes.length} bytes`);
    linkTargets.set(inode, bytes);
    setSize(inodes.at(inode), bytes.length, bytes.length);
  }

  makeFolder(impliedDirectory('', options.epoch, 0), true);
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
      const files = { inodes, folders, attributes, linkTargets, content: extents };
      size = finishFileSystem({ target, options, space, files, sums: sums.items() });
    },
    get size() {
      return size;
    },
  };
}

/** Each attribute must fit into a block. */
function fitting(entry: TarEntry): TarEntry['xattrs'] {
  for (const [name, value] of entry.xattrs) {
    if (30 + name.length + value.length > longestItem)
      throw refusal(entry.path, entry.offset, `its attribute \`${name}\` is too large for btrfs`);
  }
  return entry.xattrs;
}
