import { blockSize } from '../extents.ts';
import type { Run } from '../tree/block-writer.ts';
import type { DiskTarget } from '../types.ts';
import { inodesPerBlock, inodesPerChunk, sectorSize } from './format.ts';
import { firstChunk, type Geometry, groupHead, groupOf, headOf, lengthOf } from './geometry.ts';
import { blocksHeader, freeList, inodesHeader } from './group-headers.ts';
import { groupTrees, writeGroupTree } from './group-trees.ts';
import type { Chunk } from './inodes.ts';
import type { Metadata } from './metadata.ts';

export interface GroupsOptions {
  readonly target: DiskTarget;
  readonly metadata: Metadata;
  readonly geometry: Geometry;
  readonly uuid: Buffer;
  readonly count: number;
  readonly chunks: readonly Chunk[];
  /** From where on each group's blocks are free, as far as there is something in it. */
  readonly ends: readonly number[];
  /** Free blocks before those ends. */
  readonly gaps: readonly Run[];
}

/** Writes the trees and headers of all groups; returns how many blocks are free. */
export function writeGroups(options: GroupsOptions): number {
  const chunks: Chunk[][] = Array.from({ length: options.count }, () => []);
  for (const chunk of options.chunks) chunks[groupOf(chunk.start, options.geometry)]?.push(chunk);
  return chunks.reduce((free, own, group) => free + writeGroup(group, own, options), 0);
}

function writeGroup(group: number, chunks: readonly Chunk[], options: GroupsOptions): number {
  const { target, metadata, geometry, uuid } = options;
  const start = group * geometry.groupBlocks;
  const length = lengthOf(group, geometry);
  let end = options.ends[group] ?? start + headOf(group, geometry);
  const reserve = (count: number) => Array.from({ length: count }, () => end++);
  const write = (name: keyof typeof groupTrees, records: readonly Buffer[]) => {
    const root = start + groupHead[name];
    return writeGroupTree(groupTrees[name], records, { group, start, root, reserve, metadata });
  };
  const records = chunks.map((chunk) => inodeRecord(chunk, start));
  const withFree = records.filter((record) => freeIn(record) > 0);
  const inodeTrees = { inodes: write('inodes', records), freeInodes: write('freeInodes', withFree) };
  const shared = write('sharedBlocks', []);
  const runs = freeRuns(group, end, options);
  const bySize = [...runs].sort((a, b) => a.count - b.count || a.start - b.start);
  const byPlace = write('blocksByPlace', runs.map(freeRecord));
  write('blocksBySize', bySize.map(freeRecord));
  const free = runs.reduce((sum, { count }) => sum + count, 0);
  const facts = { group, length, uuid };
  const longest = bySize.at(-1)?.count ?? 0;
  const head = [
    blocksHeader({ ...facts, free, longest, byPlace, shared }),
    inodesHeader({
      ...{ ...facts, ...inodeTrees },
      first: records[0]?.readUInt32BE(0),
      count: records.length * inodesPerChunk,
      free: withFree.reduce((sum, record) => sum + freeIn(record), 0),
    }),
    freeList(group, uuid),
  ];
  target.write(start * blockSize + sectorSize, Buffer.concat(head, blockSize - sectorSize));
  return free + groupHead.freeListLength;
}

/** Ascending, by their places in the group, whose blocks are free from `end` on. */
function freeRuns(group: number, end: number, { geometry, gaps }: GroupsOptions): Run[] {
  const start = group * geometry.groupBlocks;
  const own = gaps.filter((gap) => groupOf(gap.start, geometry) === group);
  const tail = { start: end, count: start + lengthOf(group, geometry) - end };
  const runs = [...own, tail].filter(({ count }) => count > 0);
  const beforeInodes = { start: groupHead.end, count: firstChunk - groupHead.end };
  const inGroup = runs.map((run) => ({ start: run.start - start, count: run.count }));
  return group === 0 ? [beforeInodes, ...inGroup] : inGroup;
}

function freeRecord({ start, count }: Run): Buffer {
  const record = Buffer.alloc(8);
  record.writeUInt32BE(start, 0);
  record.writeUInt32BE(count, 4);
  return record;
}

/** The number of the first, no holes, how many there are and are free, and a bit for each that is. */
function inodeRecord({ start, used }: Chunk, groupStart: number): Buffer {
  const record = Buffer.alloc(16);
  record.writeUInt32BE((start - groupStart) * inodesPerBlock, 0);
  record[6] = inodesPerChunk;
  record[7] = inodesPerChunk - used;
  record.writeBigUInt64BE(BigInt.asUintN(64, -1n << BigInt(used)), 8);
  return record;
}

function freeIn(record: Buffer): number {
  return record[7] as number;
}
