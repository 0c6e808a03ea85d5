import { inOrder } from '../../support/in-order.ts';
import type { DiskImage } from '../types.ts';

/** Bytes that are read at once. */
export const windowSize = 1024 * 1024;
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

/** Blocks that are neighbours and hold data, not read yet. */
export interface UnreadBlocks {
  /** Of the first one. */
  readonly index: number;
  /** Bytes, with zeros behind the end of the disk; no more than the larger of a block and `windowSize`. */
  readonly length: number;
  /** To be called once, with room for `length`. */
  read(into: Buffer): Promise<void>;
}

/** All that holds data, in windows of about a mebibyte. */
export function* unreadBlocks(
  disk: DiskImage,
  blockSize: number,
  signal?: AbortSignal,
): Generator<UnreadBlocks> {
  const step = Math.max(1, Math.floor(windowSize / blockSize)) * blockSize;
  for (const { first, end } of blockRuns(disk, blockSize)) {
    for (const { offset, length } of cut(first * blockSize, Math.min(end * blockSize, disk.size), step)) {
      yield {
        index: offset / blockSize,
        length: Math.ceil(length / blockSize) * blockSize,
        async read(into) {
          signal?.throwIfAborted();
          await disk.read(offset, into.subarray(0, length));
          into.fill(0, length);
        },
      };
    }
  }
}

/** The blocks that hold data, each read once, some ahead. What comes next may come to lie where the last ones were. */
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
export function neighbours(
  disk: DiskImage,
  blockSize: number,
  signal?: AbortSignal,
): AsyncGenerator<DiskBlock> {
  return reading(unreadBlocks(disk, blockSize, signal), Math.max(windowSize, blockSize));
}

/** Exactly the data, in pieces of any length. What comes next may come to lie where the last one was. */
export async function* dataPieces(
  disk: DiskImage,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly offset: number; readonly bytes: Buffer }> {
  for await (const { index, bytes } of reading(unreadPieces(disk, signal), windowSize)) {
    yield { offset: index, bytes };
  }
}

/** As blocks of one byte. */
function* unreadPieces(disk: DiskImage, signal: AbortSignal | undefined): Generator<UnreadBlocks> {
  for (const extent of disk.extents) {
    for (const { offset, length } of cut(extent.offset, extent.offset + extent.length, windowSize)) {
      yield {
        index: offset,
        length,
        async read(into) {
          signal?.throwIfAborted();
          await disk.read(offset, into);
        },
      };
    }
  }
}

/** Into memory of that size which is used again: new memory for each would keep the garbage collector busy. */
async function* reading(windows: Iterable<UnreadBlocks>, size: number): AsyncGenerator<DiskBlock> {
  const idle: Buffer[] = [];
  const read = async ({ index, length, read: fill }: UnreadBlocks) => {
    const memory = idle.pop() ?? Buffer.allocUnsafeSlow(size);
    const bytes = memory.subarray(0, length);
    await fill(bytes);
    return { index, bytes, memory };
  };
  for await (const { index, bytes, memory } of inOrder(windows, readsAtOnce, read)) {
    yield { index, bytes };
    idle.push(memory);
  }
}

function* cut(from: number, to: number, step: number): Generator<Range> {
  for (let offset = from; offset < to; offset += step) yield { offset, length: Math.min(step, to - offset) };
}
