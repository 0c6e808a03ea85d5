import type { DiskExtent } from './types.ts';

export const blockSize = 4096;
const zeros = Buffer.alloc(1024 * 1024);

export interface ExtentList {
  readonly extents: readonly DiskExtent[];
  /** Ascending; what touches the extent before becomes one with it. */
  add(offset: number, length: number): void;
}

export function createExtentList(): ExtentList {
  const extents: DiskExtent[] = [];
  return {
    extents,
    add(offset, length) {
      const last = extents.at(-1);
      if (last && last.offset + last.length === offset)
        extents[extents.length - 1] = { offset: last.offset, length: last.length + length };
      else extents.push({ offset, length });
    },
  };
}

/** Adds the blocks of `bytes`, which lie at `offset` (a multiple of the block size), that are not all zeros. */
export function scanExtents(bytes: Buffer, offset: number, list: ExtentList): void {
  if (isZero(bytes)) return;
  for (let at = 0; at < bytes.length; at += blockSize) {
    const block = bytes.subarray(at, at + blockSize);
    if (!isZero(block)) list.add(offset + at, block.length);
  }
}

/** Of at most a mebibyte. */
export function isZero(bytes: Buffer): boolean {
  return bytes.length <= zeros.length && bytes.equals(zeros.subarray(0, bytes.length));
}
