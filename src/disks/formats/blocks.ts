import { inOrder } from '../../support/in-order.ts';
import type { DiskImage } from '../types.ts';

const windowSize = 1024 * 1024;
const readsAtOnce = 2;

/** `bytes` is as long as a block (or several), with zeros behind the end of the disk. */
export interface DiskBlock {
  /** Of the (first) block, from the start of the disk. */
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
  for await (const { index, bytes } of neighbours(disk, blockSize, signal)) {
    for (let at = 0; at < bytes.length; at += blockSize) {
      yield { index: index + at / blockSize, bytes: bytes.subarray(at, at + blockSize) };
    }
  }
}

/** The same, several in one where they are neighbours. */
export async function* neighbours(
  disk: DiskImage,
  blockSize: number,
  signal?: AbortSignal,
): AsyncGenerator<DiskBlock> {
  for await (const { offset, bytes } of reading(disk, windowsOf(disk, blockSize), signal)) {
    yield { index: offset / blockSize, bytes: padded(bytes, blockSize) };
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

function padded(bytes: Buffer, blockSize: number): Buffer {
  const missing = (blockSize - (bytes.length % blockSize)) % blockSize;
  return missing === 0 ? bytes : Buffer.concat([bytes], bytes.length + missing);
}
