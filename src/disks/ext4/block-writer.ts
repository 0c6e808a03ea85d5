import type { DiskTarget } from '../types.ts';
import type { Allocator, Run } from './allocator.ts';
import { blockSize } from './geometry.ts';

const slabBlocks = 256;

/** Allocates blocks and writes them, many in one piece. */
export interface BlockWriter {
  /** Whole blocks, which are copied; calls `placed` for each run that they come to lie in. */
  append(blocks: Buffer, placed: (run: Run) => void): void;
  /** One block, which `seal` may still change once its place is known; returns that place. */
  appendOne(block: Buffer, seal?: (place: number) => void): number;
  flush(): void;
}

/** Nothing is written from `limit` (blocks) on, so that what does not fit can still be measured. */
export function createBlockWriter(target: DiskTarget, allocator: Allocator, limit: number): BlockWriter {
  let slab: Buffer | undefined;
  let slabStart = 0;
  let filled = 0;

  const flush = () => {
    if (slab && filled > 0) target.write(slabStart * blockSize, slab.subarray(0, filled));
    slab = undefined;
    filled = 0;
  };
  const put = (bytes: Buffer, at: number, run: Run) => {
    let { start, count } = run;
    let from = at;
    while (count > 0 && start < limit) {
      if (!slab || slabStart + filled / blockSize !== start || filled === slab.length) {
        flush();
        slab = Buffer.allocUnsafeSlow(slabBlocks * blockSize);
        slabStart = start;
      }
      const taken = Math.min(count, (slab.length - filled) / blockSize);
      filled += bytes.copy(slab, filled, from, from + taken * blockSize);
      from += taken * blockSize;
      start += taken;
      count -= taken;
    }
  };
  const append = (blocks: Buffer, placed: (run: Run) => void) => {
    for (let at = 0; at < blocks.length; ) {
      const run = allocator.take((blocks.length - at) / blockSize);
      placed(run);
      put(blocks, at, run);
      at += run.count * blockSize;
    }
  };
  return {
    append,
    flush,
    appendOne(block, seal) {
      const run = allocator.take(1);
      seal?.(run.start);
      put(block, 0, run);
      return run.start;
    },
  };
}
