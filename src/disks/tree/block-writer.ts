import { blockSize } from '../extents.ts';
import type { DiskTarget } from '../types.ts';

/** Consecutive blocks. */
export interface Run {
  readonly start: number;
  readonly count: number;
}

/** Hands out blocks in ascending order and never takes one back. */
export interface BlockSource {
  /** The next free blocks, at most `count`, fewer where something is in the way. */
  take(count: number): Run;
}

/** Allocates blocks and writes them. */
export interface BlockWriter {
  /** Whole blocks; calls `placed` for each run that they come to lie in. */
  append(blocks: Buffer, placed: (run: Run) => void): void;
  /** One block, which `seal` may still change once its place is known; returns that place. */
  appendOne(block: Buffer, seal?: (place: number) => void): number;
}

/** Nothing is written from `limit` (blocks) on, so that what does not fit can still be measured. */
export function createBlockWriter(target: DiskTarget, source: BlockSource, limit: number): BlockWriter {
  const put = (blocks: Buffer, { start, count }: Run) => {
    const fitting = Math.min(count, limit - start);
    if (fitting > 0) target.write(start * blockSize, blocks.subarray(0, fitting * blockSize));
  };
  return {
    append(blocks, placed) {
      for (let at = 0; at < blocks.length; ) {
        const run = source.take((blocks.length - at) / blockSize);
        placed(run);
        put(blocks.subarray(at), run);
        at += run.count * blockSize;
      }
    },
    appendOne(block, seal) {
      const run = source.take(1);
      seal?.(run.start);
      put(block, run);
      return run.start;
    },
  };
}
