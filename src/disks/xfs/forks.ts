import { blockSize } from '../extents.ts';
import type { Extent } from '../tree/extents.ts';
import type { DirectoryEntry } from '../tree/folders.ts';
import { type Attribute, attributeBlocks, shortAttributes } from './attributes.ts';
import { directoryBlocks, directorySize, shortDirectory } from './directory.ts';
import { leastRoot, mapExtents } from './extent-tree.ts';
import { type ForkBlock, headers, roundUp } from './format.ts';
import type { Geometry } from './geometry.ts';
import { type Fork, forkFormats, inodeRoom } from './inode.ts';
import type { Metadata } from './metadata.ts';

/** What an inode has beside its core; one of the four at most. */
export interface Content {
  readonly directory?: { readonly parent: number; readonly entries: readonly DirectoryEntry[] } | undefined;
  readonly target?: Buffer | undefined;
  readonly device?: Buffer | undefined;
  readonly extents?: readonly Extent[] | undefined;
}

export interface ForkOptions {
  readonly inode: number;
  readonly geometry: Geometry;
  readonly metadata: Metadata;
}

export interface Forks {
  readonly content: Fork;
  readonly attributes: (Fork & { readonly attributesAt: number }) | undefined;
  /** Of a directory. */
  readonly size: number | undefined;
}

const deviceRoom = 8;
/** Of attributes: two extents and a bit. */
const leastAttributes = 40;
const linkMagic = 0x58534c4d;
const linkHeaderSize = 56;

/** Attributes stay in the inode where they leave room for a root of extents; content has the rest. */
export function makeForks(content: Content, attributes: readonly Attribute[], options: ForkOptions): Forks {
  if (attributes.length === 0) return { ...contentFork(content, inodeRoom, options), attributes: undefined };
  const least = content.device ? deviceRoom : leastRoot;
  const short = shortAttributes(attributes, inodeRoom - least);
  const needed = roundUp(Math.max(short?.length ?? 0, leastAttributes), 8);
  const attributesAt = content.device ? deviceRoom : inodeRoom - needed;
  const own = contentFork(content, attributesAt, options);
  if (short) return { ...own, attributes: { ...localFork(short), attributesAt } };
  const room = inodeRoom - attributesAt;
  const fork = storedFork(attributeBlocks(attributes), room, options);
  return { ...own, attributes: { ...fork, attributesAt } };
}

function contentFork(
  { directory, target, device, extents = [] }: Content,
  room: number,
  options: ForkOptions,
): { content: Fork; size: number | undefined } {
  const { inode } = options;
  const without = (content: Fork) => ({ content, size: undefined });
  if (device) return without({ ...localFork(device), format: forkFormats.device });
  if (target) {
    const inPlace = target.length <= room;
    return without(inPlace ? localFork(target) : storedFork([linkBlock(target)], room, options));
  }
  if (!directory) return without(extentsFork(extents, room, options));
  const whole = { inode, ...directory };
  const short = shortDirectory(whole, room);
  if (short) return { content: localFork(short), size: short.length };
  const blocks = directoryBlocks(whole);
  return { content: storedFork(blocks, room, options), size: directorySize(blocks) };
}

function localFork(bytes: Buffer): Fork {
  return { format: forkFormats.local, bytes, extents: 0, blocks: 0 };
}

function storedFork(blocks: readonly ForkBlock[], room: number, options: ForkOptions): Fork {
  return extentsFork(options.metadata.store(blocks, options.inode), room, options);
}

function extentsFork(extents: readonly Extent[], room: number, options: ForkOptions): Fork {
  const { bytes, tree, blocks } = mapExtents(extents, { ...options, room });
  const own = extents.reduce((sum, { count }) => sum + count, blocks);
  const format = tree ? forkFormats.tree : forkFormats.extents;
  return { format, bytes, extents: extents.length, blocks: own };
}

function linkBlock(target: Buffer): ForkBlock {
  const bytes = Buffer.alloc(blockSize);
  bytes.writeUInt32BE(linkMagic, 0);
  bytes.writeUInt32BE(target.length, 8);
  target.copy(bytes, linkHeaderSize);
  return { logical: 0, bytes, header: headers.remote };
}
