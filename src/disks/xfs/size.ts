import { blockSize } from '../extents.ts';
import { treeTooLarge } from '../tree-too-large.ts';
import type { FileSystemSize } from '../types.ts';
import { roundUp } from './format.ts';
import {
  type Geometry,
  groupOf,
  headOf,
  leastBlocks,
  leastTail,
  lengthOf,
  mebibyte,
  reservedOf,
} from './geometry.ts';

/** What the kernel keeps from users, so that it can always free something: a twentieth of all, and this at most. */
const mostKept = 8192;

/** The geometry with the size, of a tree that takes the blocks up to `end`. Throws `DISK_TOO_SMALL`. */
export function settledGeometry(geometry: Geometry, size: FileSystemSize, end: number): Geometry {
  if (size.kind === 'fit') return fitting(geometry, Math.ceil(size.headroom / blockSize), end);
  const least = Math.max(end, leastBlocks);
  if (least * blockSize > size.bytes || end > geometry.blocks)
    throw treeTooLarge(size.bytes, Math.max(least, geometry.blocks) * blockSize);
  return geometry;
}

function fitting(geometry: Geometry, headroom: number, end: number): Geometry {
  let blocks = roundUp(Math.max(leastBlocks, end + headroom), mebibyte);
  for (;;) {
    const sized = withTail({ ...geometry, blocks });
    const missing = headroom + Math.min(mostKept, Math.ceil(sized.blocks / 20)) - usable(sized, end);
    if (missing <= 0) return sized;
    blocks = sized.blocks + roundUp(missing, mebibyte);
  }
}

/** With a last group that is worth it, and two at least, for the log is in the second. */
function withTail(geometry: Geometry): Geometry {
  const { groupBlocks, blocks } = geometry;
  const last = Math.max(1, groupOf(blocks - 1, geometry));
  const least = last * groupBlocks + headOf(last, geometry) + leastTail;
  return { ...geometry, blocks: blocks < least ? roundUp(least, mebibyte) : blocks };
}

/** Blocks behind `end` that files may have. */
function usable(geometry: Geometry, end: number): number {
  const { groupBlocks, blocks } = geometry;
  let sum = 0;
  for (let group = groupOf(end, geometry); group * groupBlocks < blocks; group++) {
    const start = group * groupBlocks;
    const length = lengthOf(group, geometry);
    const from = Math.max(end, start + headOf(group, geometry));
    sum += Math.max(0, start + length - reservedOf(length) - from);
  }
  return sum;
}
