import type { BlockSource } from '../tree/block-writer.ts';
import { sectorSize } from './format.ts';

const mebibyte = 2 ** 20;
const gibibyte = 2 ** 30;

/** The first partition of the device's space, whatever is in it. */
export const systemStart = mebibyte;
export const systemLength = 4 * mebibyte;

/** Bytes of the device that lie in one chunk, of which the first `used` are taken. */
export interface Extent {
  readonly start: number;
  readonly used: number;
  /** Where the next chunk has to begin, or an end that this one may reach. */
  readonly end: number;
}

/** Its blocks are sectors. */
export interface Space extends BlockSource {
  /** All chunks so far, one at least. */
  readonly chunks: readonly Extent[];
  /** Another that goes on from here, to try things out. */
  fork(): Space;
}

/**
 * Chunks end at every gibibyte and at the copies of the superblock (64 MiB, 256 GiB), and begin a mebibyte later: no
 * copy lies in a chunk, and no two chunks adjoin, so that none of a file's extents reaches over an end.
 */
export function createSpace(from: number, known: readonly Extent[] = []): Space {
  const chunks: Extent[] = known.length > 0 ? [...known] : [chunkAt(from)];
  return {
    chunks,
    take(count) {
      let last = chunks[chunks.length - 1] as Extent;
      if (last.start + last.used === last.end) {
        last = chunkAt(last.end);
        chunks.push(last);
      }
      const start = last.start + last.used;
      const length = Math.min(count * sectorSize, last.end - start);
      chunks[chunks.length - 1] = { ...last, used: last.used + length };
      return { start: start / sectorSize, count: length / sectorSize };
    },
    fork: () => createSpace(from, chunks),
  };
}

/** The first whole mebibyte behind what is taken. */
export function endOf({ chunks }: Space): number {
  const { start, used } = chunks[chunks.length - 1] as Extent;
  return start + Math.max(mebibyte, roundUp(used));
}

export function roundUp(bytes: number): number {
  return Math.ceil(bytes / mebibyte) * mebibyte;
}

function chunkAt(from: number): Extent {
  const mirror = 64 * mebibyte;
  if (from < mirror) return { start: from, used: 0, end: mirror };
  const start = Math.max(from, mirror + mebibyte);
  const begin = Math.floor(start / gibibyte) * gibibyte;
  const free = begin > 0 ? Math.max(start, begin + mebibyte) : start;
  return { start: free, used: 0, end: begin + gibibyte };
}
