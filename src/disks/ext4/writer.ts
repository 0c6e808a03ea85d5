import { impliedDirectory, type TarEntry, type TarSink } from '../../support/tar/entry.ts';
import { refusal } from '../../support/tar/refusal.ts';
import type { DiskTarget, FileSystemWriter } from '../types.ts';
import { createAllocator } from './allocator.ts';
import { createBlockWriter } from './block-writer.ts';
import { writeDirectory } from './directory.ts';
import { addExtent, type Extent, writeExtents } from './extent-tree.ts';
import { createFileContent } from './file-content.ts';
import { finishFileSystem } from './finish.ts';
import { blockSize, headAreaOf, headLength, lostAndFoundInode, rootInode } from './geometry.ts';
import {
  addBlocks,
  contentOf,
  fileTypes,
  flagExtents,
  flagIndex,
  inodeSeed,
  linksOf,
  setAttributeBlock,
  setFlags,
  setLinks,
  setSize,
  writeAttributes,
  writeDevice,
} from './inode.ts';
import { createInodeTable } from './inode-table.ts';
import { addName, createFolder, type Folder, findName, sortedEntries } from './names.ts';
import { expectedGroups } from './size.ts';
import { seedOf } from './superblock.ts';
import type { Ext4Options } from './types.ts';
import { sealXattrBlock, writeXattrs } from './xattrs.ts';

const mostLinks = 65_000;
const shortLink = 60;
const lostAndFound = 'lost+found';

/**
 * Writes an ext4 file system from the entries of a tar, in one pass: content goes to the disk as it comes, folders,
 * journal, inodes and group descriptors follow at the end. Equal entries and options give equal bytes. Paths are
 * relative, without `.` and `..`; the root is the empty path and may be absent. Throws `ARCHIVE_REFUSED` for what
 * ext4 cannot hold, `DISK_TOO_SMALL` at the end where the size is fixed.
 */
export function createExt4Writer(target: DiskTarget, options: Ext4Options): FileSystemWriter {
  const limit = options.size.kind === 'fixed' ? Math.floor(options.size.bytes / blockSize) : Infinity;
  const head = headAreaOf(expectedGroups(options.size));
  const allocator = createAllocator(headLength(head));
  const writer = createBlockWriter(target, allocator, limit);
  const content = createFileContent(writer);
  const inodes = createInodeTable();
  const seed = seedOf(options.uuid);
  const folders = new Map<string, Folder>();
  let open: { readonly inode: number; readonly size: number } | undefined;
  let size = 0;

  /** The inode with all that every type has; the caller adds what is its own. */
  function makeInode(entry: TarEntry, number: number, type: keyof typeof fileTypes): Buffer {
    const inode = inodes.at(number);
    writeAttributes(inode, { ...entry, type });
    if (entry.xattrs.size > 0) attach(inode, entry);
    return inode;
  }

  function attach(inode: Buffer, entry: TarEntry): void {
    const { block, refused } = writeXattrs(inode, entry.xattrs);
    if (refused !== undefined) throw refusal(entry.path, entry.offset, refused);
    if (!block) return;
    setAttributeBlock(
      inode,
      writer.appendOne(block, (place) => sealXattrBlock(block, place, seed)),
    );
    addBlocks(inode, 1);
  }

  function mapContent(number: number, extents: readonly Extent[], flags = 0): void {
    const inode = inodes.at(number);
    const place = (block: Buffer) => writer.appendOne(block);
    const nodes = writeExtents(contentOf(inode), extents, { seed: inodeSeed(seed, number), place });
    addBlocks(inode, nodes + extents.reduce((sum, { count }) => sum + count, 0));
    setFlags(inode, flagExtents | flags);
  }

  function closeFile(): void {
    if (!open) return;
    mapContent(open.inode, content.finish());
    open = undefined;
  }

  function makeFolder(entry: TarEntry, implied = false): void {
    const known = folders.get(entry.path);
    if (known) {
      if (!known.implied) throw refusal(entry.path, entry.offset, 'it is there twice');
      known.implied = false;
      inodes.at(known.inode).fill(0);
      makeInode(entry, known.inode, 'directory');
      return;
    }
    const { parent, name } = place(entry);
    const number = entry.path === lostAndFound ? lostAndFoundInode : inodes.add();
    folders.set(entry.path, createFolder(number, parent.inode, implied));
    addName(parent, entry, { name, inode: number, type: fileTypes.directory.entry });
    parent.folders++;
    makeInode(entry, number, 'directory');
  }

  /** The folder that an entry belongs into; folders that nobody named are made. */
  function place(entry: TarEntry): { parent: Folder; name: string } {
    const slash = entry.path.lastIndexOf('/');
    const parentPath = entry.path.slice(0, Math.max(0, slash));
    const name = entry.path.slice(slash + 1);
    let parent = folders.get(parentPath);
    if (!parent) {
      makeFolder(impliedDirectory(parentPath, options.epoch, entry.offset), true);
      parent = folders.get(parentPath) as Folder;
    }
    return { parent, name };
  }

  function makeLink(entry: TarEntry): void {
    const slash = entry.target.lastIndexOf('/');
    const folder = folders.get(entry.target.slice(0, Math.max(0, slash)));
    const index = folder && findName(folder, entry.target.slice(slash + 1));
    if (!folder || index === undefined) {
      throw refusal(
        entry.path,
        entry.offset,
        `it is a hard link to \`${entry.target}\`, which did not come before`,
      );
    }
    const number = folder.inodes[index] as number;
    const type = folder.types[index] as number;
    if (type === fileTypes.directory.entry)
      throw refusal(entry.path, entry.offset, 'it is a hard link to a folder');
    const inode = inodes.at(number);
    const links = linksOf(inode) + 1;
    if (links > mostLinks)
      throw refusal(entry.path, entry.offset, `ext4 knows no more than ${mostLinks} hard links`);
    setLinks(inode, links);
    const { parent, name } = place(entry);
    addName(parent, entry, { name, inode: number, type });
  }

  function makeOther(entry: TarEntry, type: Exclude<keyof typeof fileTypes, 'directory'>): void {
    const { parent, name } = place(entry);
    const number = inodes.add();
    addName(parent, entry, { name, inode: number, type: fileTypes[type].entry });
    const inode = makeInode(entry, number, type);
    if (type === 'file') {
      setSize(inode, entry.size);
      open = { inode: number, size: entry.size };
    } else if (type === 'symlink') {
      writeTarget(entry, number);
    } else if (type !== 'fifo') writeDevice(inode, entry.major, entry.minor);
  }

  function writeTarget(entry: TarEntry, number: number): void {
    const inode = inodes.at(number);
    const bytes = Buffer.from(entry.target, 'latin1');
    if (bytes.length === 0 || bytes.length >= blockSize) {
      throw refusal(entry.path, entry.offset, `ext4 knows no links to ${bytes.length} bytes`);
    }
    setSize(inode, bytes.length);
    if (bytes.length < shortLink) {
      bytes.copy(contentOf(inode));
      return;
    }
    content.data(bytes);
    mapContent(number, content.finish());
  }

  function writeFolders(): void {
    for (const [path, folder] of folders) {
      const { blocks, indexed } = writeDirectory(sortedEntries(folder, path), {
        inode: folder.inode,
        parent: folder.parent,
        seed: inodeSeed(seed, folder.inode),
        hashSeed: options.hashSeed,
      });
      const extents: Extent[] = [];
      let logical = 0;
      writer.append(Buffer.concat(blocks), ({ start, count }) => {
        addExtent(extents, { logical, physical: start, count });
        logical += count;
      });
      mapContent(folder.inode, extents, indexed ? flagIndex : 0);
      const inode = inodes.at(folder.inode);
      setSize(inode, blocks.length * blockSize);
      // One stands for "too many to count".
      const links = folder.folders + 2;
      setLinks(inode, links > mostLinks ? 1 : links);
    }
  }

  folders.set('', createFolder(rootInode, rootInode, true));
  makeInode(impliedDirectory('', options.epoch, 0), rootInode, 'directory');

  const sink: TarSink = {
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
      if (!folders.has(lostAndFound)) {
        makeFolder({ ...impliedDirectory(lostAndFound, options.epoch, 0), mode: 0o700 });
      }
      writeFolders();
      size = finishFileSystem({ target, options, allocator, head, inodes, folders: [...folders.values()] });
    },
  };
  return {
    ...sink,
    get size() {
      return size;
    },
  };
}
