import { impliedDirectory, type TarEntry } from '../../support/tar/entry.ts';
import { refusal } from '../../support/tar/refusal.ts';
import { createBlockWriter } from '../tree/block-writer.ts';
import { addExtent, type Extent } from '../tree/extents.ts';
import { createFileContent } from '../tree/file-content.ts';
import { type Folder, sortedEntries } from '../tree/folders.ts';
import { createInodeTable } from '../tree/inode-table.ts';
import { createTreeWriter, type FinishedTree } from '../tree/tree-writer.ts';
import type { DiskTarget, FileSystemWriter } from '../types.ts';
import { createAllocator } from './allocator.ts';
import { writeDirectory } from './directory.ts';
import { longestExtent, writeExtents } from './extent-tree.ts';
import { finishFileSystem } from './finish.ts';
import {
  blockSize,
  firstFreeInode,
  headAreaOf,
  headLength,
  inodeSize,
  lostAndFoundInode,
  rootInode,
} from './geometry.ts';
import {
  addBlocks,
  contentOf,
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
import { expectedGroups } from './size.ts';
import { seedOf } from './superblock.ts';
import type { Ext4Options } from './types.ts';
import { sealXattrBlock, writeXattrs } from './xattrs.ts';

const mostLinks = 65_000;
const shortLink = 60;
const lostAndFound = 'lost+found';

/**
 * Writes an ext4 file system from the entries of a tar: content goes to the disk as it comes, folders, journal, inodes
 * and group descriptors follow at the end. Equal entries and options give equal bytes. Throws `DISK_TOO_SMALL` at the end
 * where the size is fixed.
 */
export function createExt4Writer(target: DiskTarget, options: Ext4Options): FileSystemWriter {
  const limit = options.size.kind === 'fixed' ? Math.floor(options.size.bytes / blockSize) : Infinity;
  const head = headAreaOf(expectedGroups(options.size));
  const allocator = createAllocator(headLength(head));
  const writer = createBlockWriter(target, allocator, limit);
  const inodes = createInodeTable({ first: firstFreeInode, size: inodeSize });
  const seed = seedOf(options.uuid);

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

  /** Content that is there as a whole. */
  function mapBlocks(number: number, blocks: Buffer, flags = 0): void {
    const extents: Extent[] = [];
    let logical = 0;
    writer.append(blocks, ({ start, count }) => {
      addExtent(extents, { logical, physical: start, count }, longestExtent);
      logical += count;
    });
    mapContent(number, extents, flags);
  }

  function writeFolder(path: string, folder: Folder): void {
    const { blocks, indexed } = writeDirectory(sortedEntries(folder, path), {
      inode: folder.inode,
      parent: folder.parent,
      seed: inodeSeed(seed, folder.inode),
      hashSeed: options.hashSeed,
    });
    mapBlocks(folder.inode, Buffer.concat(blocks), indexed ? flagIndex : 0);
    const inode = inodes.at(folder.inode);
    setSize(inode, blocks.length * blockSize);
    // One stands for "too many to count".
    const links = folder.folders + 2;
    setLinks(inode, links > mostLinks ? 1 : links);
  }

  function finish({ folders, addFolder }: FinishedTree): number {
    if (!folders.has(lostAndFound))
      addFolder({ ...impliedDirectory(lostAndFound, options.epoch, 0), mode: 0o700 });
    for (const [path, folder] of folders) writeFolder(path, folder);
    return finishFileSystem({ target, options, allocator, head, inodes, folders: [...folders.values()] });
  }

  return createTreeWriter(
    {
      name: 'ext4',
      mostLinks,
      longestTarget: blockSize - 1,
      content: createFileContent(writer, longestExtent),
      addInode(path) {
        if (path === '') return rootInode;
        return path === lostAndFound ? lostAndFoundInode : inodes.add();
      },
      describe(number, entry, type) {
        const inode = inodes.at(number);
        if (type === 'directory') inode.fill(0);
        writeAttributes(inode, { ...entry, type });
        if (type === 'char' || type === 'block') writeDevice(inode, entry.major, entry.minor);
        if (entry.xattrs.size > 0) attach(inode, entry);
      },
      linksOf: (number) => linksOf(inodes.at(number)),
      setLinks: (number, links) => setLinks(inodes.at(number), links),
      setContent(number, size, extents) {
        setSize(inodes.at(number), size);
        mapContent(number, extents);
      },
      setTarget(number, bytes) {
        const inode = inodes.at(number);
        setSize(inode, bytes.length);
        if (bytes.length < shortLink) bytes.copy(contentOf(inode));
        else mapBlocks(number, Buffer.concat([bytes], blockSize));
      },
      finish,
    },
    options.epoch,
  );
}
