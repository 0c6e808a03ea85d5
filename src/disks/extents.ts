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

/** Pieces that come in any order, at any place. */
export interface ExtentCollector {
  add(offset: number, bytes: Buffer): void;
  /** Of a disk of that size, to whole blocks. */
  extents(size: number): readonly DiskExtent[];
}

export function createExtentCollector(): ExtentCollector {
  const found: { start: number; end: number }[] = [];
  const addBlock = (block: number) => {
    const last = found.at(-1);
    if (last && block >= last.start && block <= last.end) last.end = Math.max(last.end, block + 1);
    else found.push({ start: block, end: block + 1 });
  };
  return {
    add(offset, bytes) {
      for (let at = 0; at < bytes.length; ) {
        const length = Math.min(bytes.length - at, blockSize - ((offset + at) % blockSize));
        if (bytes[at] !== 0 || !isZero(bytes.subarray(at, at + length))) {
          addBlock(Math.floor((offset + at) / blockSize));
        }
        at += length;
      }
    },
    extents(size) {
      const list = createExtentList();
      let end = 0;
      for (const run of found.sort((a, b) => a.start - b.start)) {
        const start = Math.max(run.start, end);
        end = Math.max(run.end, end);
        if (start < end) list.add(start * blockSize, Math.min(end * blockSize, size) - start * blockSize);
      }
      return list.extents;
    },
  };
}

/** Of at most a mebibyte. */
export function isZero(bytes: Buffer): boolean {
  return bytes.length <= zeros.length && bytes.equals(zeros.subarray(0, bytes.length));
}
