import { blockSize } from '../extents.ts';
import type { Extent } from '../tree/extents.ts';
import { type Folder, sortedEntries } from '../tree/folders.ts';
import type { InodeTable } from '../tree/inode-table.ts';
import type { DiskTarget } from '../types.ts';
import type { Allocator } from './allocator.ts';
import type { Attribute } from './attributes.ts';
import { type Content, makeForks } from './forks.ts';
import { blocksPerChunk, inodeSize, inodesPerChunk } from './format.ts';
import { type Geometry, groupHead, groupOf, lengthOf, logGroup, reservedOf } from './geometry.ts';
import { writeGroups } from './groups.ts';
import { sealInode, setLinks, setSize, writeForks, writeUnused } from './inode.ts';
import { type Chunk, numbersOf, placeChunks } from './inodes.ts';
import { cleanLog } from './log.ts';
import { createMetadata, type Metadata } from './metadata.ts';
import { settledGeometry } from './size.ts';
import { superblock } from './superblock.ts';
import type { XfsOptions } from './writer.ts';

/** All that a tree holds but the content of its files; inodes in the order in which they came. */
export interface Files {
  readonly inodes: InodeTable;
  readonly folders: ReadonlyMap<string, Folder>;
  readonly attributes: ReadonlyMap<number, readonly Attribute[]>;
  readonly linkTargets: ReadonlyMap<number, Buffer>;
  readonly devices: ReadonlyMap<number, Buffer>;
  /** Where content lies, by file. */
  readonly content: ReadonlyMap<number, readonly Extent[]>;
}

export interface Unfinished {
  readonly target: DiskTarget;
  readonly options: XfsOptions;
  readonly geometry: Geometry;
  readonly allocator: Allocator;
  /** Nothing is written from this block on. */
  readonly limit: number;
  readonly files: Files;
}

/** Inodes, what belongs to them, groups, log and superblocks; returns the size in bytes. */
export function finishFileSystem(unfinished: Unfinished): number {
  const { target, options, allocator, limit, files } = unfinished;
  const { uuid, label } = options;
  const chunks = placeChunks(allocator, files.inodes);
  const metadata = createMetadata({ target, source: allocator, limit, uuid });
  writeInodes(unfinished, chunks, metadata);
  const geometry = settledGeometry(unfinished.geometry, options.size, allocator.end);
  const count = groupOf(geometry.blocks - 1, geometry) + 1;
  const freeBlocks = writeGroups({
    ...{ target, metadata, geometry, uuid, count, chunks },
    ends: endsOf(geometry, allocator.end),
    gaps: allocator.gaps,
  });
  const logStart = logGroup * geometry.groupBlocks + groupHead.end;
  target.write(logStart * blockSize, cleanLog(uuid));
  const inodes = chunks.length * inodesPerChunk;
  const bytes = superblock({
    ...{ geometry, uuid, label, groups: count, freeBlocks, inodes },
    rootInode: numbersOf(chunks, geometry)(1),
    freeInodes: inodes - files.inodes.last,
    mostInodes: mostInodes(chunks, geometry),
  });
  for (let group = 0; group < count; group++) target.write(group * geometry.groupBlocks * blockSize, bytes);
  return geometry.blocks * blockSize;
}

function writeInodes(
  { target, options, geometry, limit, files }: Unfinished,
  chunks: readonly Chunk[],
  metadata: Metadata,
): void {
  const number = numbersOf(chunks, geometry);
  const folders = new Map([...files.folders].map(([path, folder]) => [folder.inode, { path, folder }]));
  for (const { start, first, used } of chunks) {
    const bytes = Buffer.alloc(inodesPerChunk * inodeSize);
    for (let index = 0; index < inodesPerChunk; index++) {
      const inode = bytes.subarray(index * inodeSize, (index + 1) * inodeSize);
      const own = first + index;
      if (index < used) writeInode(inode, own);
      else writeUnused(inode);
      sealInode(inode, number(first) + index, options.uuid);
    }
    if (start + blocksPerChunk <= limit) target.write(start * blockSize, bytes);
  }

  function writeInode(inode: Buffer, own: number): void {
    files.inodes.at(own).copy(inode);
    const known = folders.get(own);
    const attributes = files.attributes.get(own) ?? [];
    const forkOptions = { inode: number(own), geometry, metadata };
    const forks = makeForks(contentOf(own, known), attributes, forkOptions);
    writeForks(inode, forks.content, forks.attributes);
    if (forks.size !== undefined) setSize(inode, forks.size);
    if (known) setLinks(inode, known.folder.folders + 2);
  }

  function contentOf(own: number, known: { path: string; folder: Folder } | undefined): Content {
    if (known) {
      const entries = sortedEntries(known.folder, known.path);
      return {
        directory: {
          parent: number(known.folder.parent),
          entries: entries.map((entry) => ({ ...entry, inode: number(entry.inode) })),
        },
      };
    }
    return {
      target: files.linkTargets.get(own),
      device: files.devices.get(own),
      extents: files.content.get(own),
    };
  }
}

/** From where on the blocks of each group are free, as far as there is something in it. */
function endsOf(geometry: Geometry, end: number): number[] {
  const last = groupOf(end, geometry);
  return Array.from({ length: last + 1 }, (_, group) => {
    if (group === last) return end;
    const length = lengthOf(group, geometry);
    return group * geometry.groupBlocks + length - reservedOf(length);
  });
}

/** Percent, as `mkfs.xfs` chooses it, or twice what there is. */
function mostInodes(chunks: readonly Chunk[], { blocks }: Geometry): number {
  const gibibytes = (blocks * blockSize) / 2 ** 30;
  const usual = gibibytes < 1024 ? 25 : gibibytes < 50 * 1024 ? 5 : 1;
  return Math.min(100, Math.max(usual, Math.ceil((200 * chunks.length * blocksPerChunk) / blocks)));
}
