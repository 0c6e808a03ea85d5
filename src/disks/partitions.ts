import { type Partition, type PartitionType, partitionTables, sectorSize } from './gpt/gpt.ts';
import { derivedUuid } from './identifiers.ts';
import type { DiskTarget } from './types.ts';

/** A partition of a disk; each begins where the one before ends. */
export interface DiskPartition {
  /** Unique on the disk; at most 36 characters. */
  readonly name: string;
  readonly type: PartitionType;
  /** Bytes, whole mebibytes. */
  readonly size: number;
  /** Writes what is in it, from its first byte on. Absent where that is there already. */
  readonly write?: (target: DiskTarget) => void;
}

export interface Partitioning {
  /** All identifiers are derived from it. */
  readonly seed: string;
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
export function writePartitions(target: DiskTarget, { seed, partitions, mbr }: Partitioning): void {
  const size = diskSize(partitions);
  const placed = partitions.map((partition, index) => {
    const start = endOf(partitions.slice(0, index));
    partition.write?.(shifted(target, start));
    return tableEntry(partition, start, seed);
  });
  const { head, tail } = partitionTables(size, derivedUuid(seed, 'disk'), placed);
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

function tableEntry({ name, type, size }: DiskPartition, start: number, seed: string): Partition {
  return {
    name,
    type,
    uuid: derivedUuid(seed, `partition ${name === 'root' ? type : name}`),
    firstSector: start / sectorSize,
    lastSector: (start + size) / sectorSize - 1,
  };
}

function blocksOf(length: number): number {
  return Math.ceil(length / blockSize) * blockSize;
}
