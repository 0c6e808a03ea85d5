import { refusal } from '../../support/tar/refusal.ts';
import { blockSize } from '../extents.ts';
import { createBlockWriter } from '../tree/block-writer.ts';
import type { Extent } from '../tree/extents.ts';
import { createFileContent } from '../tree/file-content.ts';
import { createInodeTable } from '../tree/inode-table.ts';
import { createTreeWriter } from '../tree/tree-writer.ts';
import type { DiskTarget, FileSystemSize, FileSystemWriter } from '../types.ts';
import { createAllocator } from './allocator.ts';
import { attributesOf } from './attribute-names.ts';
import type { Attribute } from './attributes.ts';
import { finishFileSystem } from './finish.ts';
import { geometryOf } from './geometry.ts';
import { coreSize, linksOf, markBitmap, setLinks, setSize, writeInode } from './inode.ts';
import { longestExtent } from './metadata.ts';

export interface XfsOptions {
  /** 16 bytes. */
  readonly uuid: Buffer;
  /** At most 12 bytes. */
  readonly label: string;
  /** Seconds since 1970, for what no entry of the tree dates. */
  readonly epoch: number;
  readonly size: FileSystemSize;
}

/** Places in the table of inodes, before it is known where they lie. */
const rootInode = 1;
const bitmapInode = 2;
const summaryInode = 3;
/** The disk has room for 14 bits; Linux reads 9 of them. */
const mostMajor = 2 ** 9 - 1;
const mostMinor = 2 ** 18 - 1;

/**
 * Writes an xfs file system from the entries of a tar: content goes to the disk as it comes, inodes, folders and all that
 * says what is free follow at the end. Equal entries and options give equal bytes. Throws `DISK_TOO_SMALL` at the end
 * where the size is fixed.
 */
export function createXfsWriter(target: DiskTarget, options: XfsOptions): FileSystemWriter {
  const { size, epoch } = options;
  const geometry = geometryOf(size);
  const limit = size.kind === 'fixed' ? Math.floor(size.bytes / blockSize) : Infinity;
  const allocator = createAllocator(geometry);
  const inodes = createInodeTable({ first: summaryInode + 1, size: coreSize });
  const attributes = new Map<number, readonly Attribute[]>();
  const linkTargets = new Map<number, Buffer>();
  const devices = new Map<number, Buffer>();
  const content = new Map<number, readonly Extent[]>();
  for (const number of [bitmapInode, summaryInode])
    writeInode(inodes.at(number), { type: 'file', mode: 0, uid: 0, gid: 0, mtime: epoch });
  markBitmap(inodes.at(bitmapInode));
  return createTreeWriter(
    {
      name: 'xfs',
      mostLinks: 2 ** 31 - 1,
      longestTarget: 1023,
      content: createFileContent(createBlockWriter(target, allocator, limit), longestExtent),
      addInode: (path) => (path === '' ? rootInode : inodes.add()),
      describe(number, entry, type) {
        writeInode(inodes.at(number), { ...entry, type });
        attributes.delete(number);
        if (entry.xattrs.size > 0) attributes.set(number, attributesOf(entry));
        if (type === 'char' || type === 'block') {
          const { path, offset, major, minor } = entry;
          if (major > mostMajor || minor > mostMinor)
            throw refusal(path, offset, `xfs knows no device with the numbers ${major} and ${minor}`);
          devices.set(number, deviceOf(major, minor));
        } else if (type === 'fifo') devices.set(number, deviceOf(0, 0));
      },
      linksOf: (number) => linksOf(inodes.at(number)),
      setLinks: (number, links) => setLinks(inodes.at(number), links),
      setContent(number, bytes, extents) {
        setSize(inodes.at(number), bytes);
        if (extents.length > 0) content.set(number, extents);
      },
      setTarget(number, bytes) {
        setSize(inodes.at(number), bytes.length);
        linkTargets.set(number, bytes);
      },
      finish({ folders }) {
        const files = { inodes, folders, attributes, linkTargets, devices, content };
        return finishFileSystem({ target, options, geometry, allocator, limit, files });
      },
    },
    epoch,
  );
}

function deviceOf(major: number, minor: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(major * 2 ** 18 + minor, 0);
  return bytes;
}
