import { type Partition, type PartitionType, partitionTables, sectorSize } from './gpt/gpt.ts';
import type { DiskTarget } from './types.ts';

/** A partition of a disk; each begins where the one before ends. */
export interface DiskPartition {
  /** At most 36 characters. */
  readonly name: string;
  readonly type: PartitionType;
  /** 16 bytes. */
  readonly uuid: Buffer;
  /** Bytes, whole mebibytes. */
  readonly size: number;
  /** Writes what is in it, from its first byte on. Absent where that is there already. */
  readonly write?: (target: DiskTarget) => void | Promise<void>;
}

export interface Partitioning {
  /** 16 bytes. */
  readonly diskUuid: Buffer;
  readonly partitions: readonly DiskPartition[];
  /** The code that BIOS starts, at most 440 bytes. */
  readonly mbr?: Buffer | undefined;
}

const blockSize = 4096;
/** Bytes before the first partition and behind the last one, for the tables. */
const margin = 2 ** 20;

/** Where the next partition behind those begins, in bytes. */
export function endOf(partitions: readonly Pick<DiskPartition, 'size'>[]): number {
  return partitions.reduce((end, { size }) => end + size, margin);
}

/** Bytes of a disk with those partitions. */
export function diskSize(partitions: readonly Pick<DiskPartition, 'size'>[]): number {
  return endOf(partitions) + margin;
}

/** Writes the partitions and the tables that name them. */
export async function writePartitions(
  target: DiskTarget,
  { diskUuid, partitions, mbr }: Partitioning,
): Promise<void> {
  const size = diskSize(partitions);
  const entries: Partition[] = [];
  for (const [index, partition] of partitions.entries()) {
    const start = endOf(partitions.slice(0, index));
    await partition.write?.(shifted(target, start));
    entries.push(tableEntry(partition, start));
  }
  const { head, tail } = partitionTables(size, diskUuid, entries);
  mbr?.copy(head, 0);
  target.write(0, padded(head));
  target.write(size - blocksOf(tail.length), padded(tail, 'before'));
}

/** Writes to `by` bytes further on. */
export function shifted(target: DiskTarget, by: number): DiskTarget {
  return { write: (offset, bytes) => target.write(by + offset, bytes) };
}

/** With zeros to whole blocks. */
export function padded(bytes: Buffer, zeros: 'before' | 'after' = 'after'): Buffer {
  const padding = Buffer.alloc(blocksOf(bytes.length) - bytes.length);
  return Buffer.concat(zeros === 'before' ? [padding, bytes] : [bytes, padding]);
}

function tableEntry({ name, type, uuid, size }: DiskPartition, start: number): Partition {
  const firstSector = start / sectorSize;
  return { name, type, uuid, firstSector, lastSector: firstSector + size / sectorSize - 1 };
}

function blocksOf(length: number): number {
  return Math.ceil(length / blockSize) * blockSize;
}
