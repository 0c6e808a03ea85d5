import type { BlockSource, Run } from '../tree/block-writer.ts';
import { blocksPerGroup, hasHead } from './geometry.ts';

export interface Allocator extends BlockSource {
  /** Exactly `count` blocks in a row. */
  takeContiguous(count: number): number;
  /** All blocks from here on are free but for the heads of groups. */
  readonly end: number;
  /** What `takeContiguous` left free below `end`. */
  readonly gaps: readonly Run[];
  /** Another that goes on from here, to try things out. */
  fork(): Allocator;
}

/** Hands out blocks in ascending order and never takes one back; `head` blocks start each group that has copies. */
export function createAllocator(head: number, start = head): Allocator {
  let cursor = start;
  const gaps: Run[] = [];
  const skipHead = () => {
    const start = cursor - (cursor % blocksPerGroup);
    if (cursor < start + head && hasHead(start / blocksPerGroup)) cursor = start + head;
  };
  return {
    get end() {
      return cursor;
    },
    gaps,
    fork: () => createAllocator(head, cursor),
    take(count) {
      skipHead();
      const start = cursor;
      cursor = Math.min(start + count, nextHead(start));
      return { start, count: cursor - start };
    },
    takeContiguous(count) {
      skipHead();
      const barrier = nextHead(cursor);
      if (cursor + count > barrier) {
        gaps.push({ start: cursor, count: barrier - cursor });
        cursor = barrier;
        skipHead();
      }
      const start = cursor;
      cursor += count;
      return start;
    },
  };
}

/** The start of the first group after that of `block` that has a head. */
function nextHead(block: number): number {
  let group = Math.floor(block / blocksPerGroup) + 1;
  while (!hasHead(group)) group++;
  return group * blocksPerGroup;
}
