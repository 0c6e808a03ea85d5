import type { TarEntry } from '../../support/tar/entry.ts';
import { refusal } from '../../support/tar/refusal.ts';
import { createBlockWriter } from '../tree/block-writer.ts';
import type { Extent } from '../tree/extents.ts';
import { createFileContent } from '../tree/file-content.ts';
import { createInodeTable } from '../tree/inode-table.ts';
import { createTreeWriter } from '../tree/tree-writer.ts';
import type { DiskTarget, FileSystemSize, FileSystemWriter } from '../types.ts';
import { createChecksums } from './checksums.ts';
import { longestExtent } from './extents.ts';
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

/**
 * Writes a btrfs file system of one device from the entries of a tar: content goes to the disk as it comes, all trees
 * follow at the end. Equal entries and options give equal bytes. Throws `DISK_TOO_SMALL` at the end where the size is
 * fixed.
 */
export function createBtrfsWriter(target: DiskTarget, options: BtrfsOptions): FileSystemWriter {
  const limit = options.size.kind === 'fixed' ? options.size.bytes : Infinity;
  const space = createSpace(systemStart + systemLength);
  const sums = createChecksums();
  const blocks = createBlockWriter(target, space, limit / sectorSize);
  const append: typeof blocks.append = (bytes, placed) => {
    let at = 0;
    blocks.append(bytes, (run) => {
      const length = run.count * sectorSize;
      sums.add(run.start * sectorSize, bytes.subarray(at, at + length));
      at += length;
      placed(run);
    });
  };
  const inodes = createInodeTable({ first: rootInode, size: inodeItemSize });
  const attributes = new Map<number, ReadonlyMap<string, Buffer>>();
  const linkTargets = new Map<number, Buffer>();
  const content = new Map<number, readonly Extent[]>();
  return createTreeWriter(
    {
      name: 'btrfs',
      mostLinks: 65_535,
      longestTarget: sectorSize - 1,
      content: createFileContent({ append }, longestExtent),
      addInode: inodes.add,
      describe(inode, entry, type) {
        writeInode(inodes.at(inode), { ...entry, type });
        attributes.delete(inode);
        if (entry.xattrs.size > 0) attributes.set(inode, fitting(entry));
      },
      linksOf: (inode) => linksOf(inodes.at(inode)),
      setLinks: (inode, links) => setLinks(inodes.at(inode), links),
      setContent(inode, size, extents) {
        const stored = extents.reduce((sum, { count }) => sum + count * sectorSize, 0);
        setSize(inodes.at(inode), size, stored);
        if (extents.length > 0) content.set(inode, extents);
      },
      setTarget(inode, bytes) {
        linkTargets.set(inode, bytes);
        setSize(inodes.at(inode), bytes.length, bytes.length);
      },
      finish({ folders }) {
        const files = { inodes, folders, attributes, linkTargets, content };
        return finishFileSystem({ target, options, space, files, sums: sums.items() });
      },
    },
    options.epoch,
  );
}

/** Each attribute must fit into a block. */
function fitting(entry: TarEntry): TarEntry['xattrs'] {
  for (const [name, value] of entry.xattrs) {
    if (30 + name.length + value.length > longestItem)
      throw refusal(entry.path, entry.offset, `its attribute \`${name}\` is too large for btrfs`);
  }
  return entry.xattrs;
}
