import type { BlockSource, Run } from '../tree/block-writer.ts';
import { type Geometry, groupOf, headOf, lengthOf, reservedOf } from './geometry.ts';

/** Steps over the heads of groups, and over what the kernel wants to have left at their ends. */
export interface Allocator extends BlockSource {
  /** So many blocks in a row in one group, at a multiple of their number there. */
  takeAligned(count: number): number;
  /** All blocks from here to the end of its group are free. */
  readonly end: number;
  /** What `takeAligned` left free below `end`. */
  readonly gaps: readonly Run[];
}

export function createAllocator(geometry: Geometry): Allocator {
  const gaps: Run[] = [];
  let cursor = headOf(0, geometry);
  const barrier = () => {
    const group = groupOf(cursor, geometry);
    const length = lengthOf(group, geometry);
    return group * geometry.groupBlocks + length - reservedOf(length);
  };
  const enterNext = () => {
    const group = groupOf(cursor, geometry) + 1;
    cursor = group * geometry.groupBlocks + headOf(group, geometry);
  };
  return {
    get end() {
      return cursor;
    },
    gaps,
    take(count) {
      if (cursor >= barrier()) enterNext();
      const start = cursor;
      cursor = Math.min(start + count, barrier());
      return { start, count: cursor - start };
    },
    takeAligned(count) {
      for (;;) {
        const group = groupOf(cursor, geometry) * geometry.groupBlocks;
        const start = group + Math.ceil((cursor - group) / count) * count;
        const fits = start + count <= barrier();
        const until = fits ? start : barrier();
        if (until > cursor) gaps.push({ start: cursor, count: until - cursor });
        if (fits) {
          cursor = start + count;
          return start;
        }
        enterNext();
      }
    },
  };
}
