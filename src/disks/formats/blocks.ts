import { inOrder } from '../../support/in-order.ts';
import type { DiskImage } from '../types.ts';

const windowSize = 1024 * 1024;
const readsAtOnce = 2;

/** `bytes` is as long as a block, with zeros behind the end of the disk. */
export interface DiskBlock {
  readonly index: number;
  readonly bytes: Buffer;
}

interface Range {
  readonly offset: number;
  readonly length: number;
}

/** Ranges of blocks that hold data, ascending, with gaps between them. */
export function* blockRuns(
  disk: DiskImage,
  blockSize: number,
): Generator<{ readonly first: number; readonly end: number }> {
  let first = 0;
  let end = 0;
  for (const { offset, length } of disk.extents) {
    if (length === 0) continue;
    const from = Math.floor(offset / blockSize);
    if (from > end) {
      if (end > first) yield { first, end };
      first = from;
    }
    end = Math.max(end, Math.ceil((offset + length) / blockSize));
  }
  if (end > first) yield { first, end };
}

/** How many blocks hold data. */
export function countBlocks(disk: DiskImage, blockSize: number): number {
  let count = 0;
  for (const { first, end } of blockRuns(disk, blockSize)) count += end - first;
  return count;
}

/** The blocks that hold data, each read once, some ahead. Their bytes belong to the caller. */
export async function* dataBlocks(
  disk: DiskImage,
  blockSize: number,
  signal?: AbortSignal,
): AsyncGenerator<DiskBlock> {
  const windows = windowsOf(disk, blockSize);
  for await (const { offset, bytes } of reading(disk, windows, signal)) {
    for (let at = 0; at < bytes.length; at += blockSize) {
      const block = bytes.subarray(at, at + blockSize);
      yield { index: (offset + at) / blockSize, bytes: padded(block, blockSize) };
    }
  }
}

/** Exactly the data, in pieces of any length. */
export function dataPieces(
  disk: DiskImage,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly offset: number; readonly bytes: Buffer }> {
  return reading(disk, piecesOf(disk), signal);
}

function reading(disk: DiskImage, ranges: Iterable<Range>, signal: AbortSignal | undefined) {
  return inOrder(ranges, readsAtOnce, async ({ offset, length }) => {
    signal?.throwIfAborted();
    return { offset, bytes: await disk.read(offset, length) };
  });
}

function* windowsOf(disk: DiskImage, blockSize: number): Generator<Range> {
  const step = Math.max(1, Math.floor(windowSize / blockSize)) * blockSize;
  for (const { first, end } of blockRuns(disk, blockSize)) {
    yield* cut(first * blockSize, Math.min(end * blockSize, disk.size), step);
  }
}

function* piecesOf(disk: DiskImage): Generator<Range> {
  for (const { offset, length } of disk.extents) yield* cut(offset, offset + length, windowSize);
}

function* cut(from: number, to: number, step: number): Generator<Range> {
  for (let offset = from; offset < to; offset += step) yield { offset, length: Math.min(step, to - offset) };
}

function padded(bytes: Buffer, length: number): Buffer {
  return bytes.length === length ? bytes : Buffer.concat([bytes], length);
}
