import { open } from 'node:fs/promises';
import type { DiskExtent, DiskImage } from '../types.ts';

/** A disk in memory whose data is made up as it is read: bytes that pack well, badly, or not at all. */
export function sampleDisk(size: number, extents: readonly DiskExtent[], seed = 1): DiskImage & Reads {
  const reads: DiskExtent[] = [];
  return {
    size,
    extents,
    reads,
    read: async (offset, into) => {
      const { length } = into;
      if (offset < 0 || offset + length > size)
        throw new RangeError(`${offset} + ${length} is beyond ${size}`);
      reads.push({ offset, length });
      into.fill(0);
      for (const extent of extents) {
        const from = Math.max(offset, extent.offset);
        const to = Math.min(offset + length, extent.offset + extent.length);
        if (from < to) fill(into.subarray(from - offset, to - offset), from, seed);
      }
    },
  };
}

/** What a disk holds at a place. */
export async function bytesAt(disk: DiskImage, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  await disk.read(offset, bytes);
  return bytes;
}

export interface Reads {
  /** Every read so far. */
  readonly reads: readonly DiskExtent[];
}

/** Each 64 KiB of the disk is of one kind, so that neighbours differ; each 512 bytes have their own start. */
function fill(bytes: Buffer, offset: number, seed: number): void {
  for (let at = 0; at < bytes.length; ) {
    const sector = Math.floor((offset + at) / 512);
    const end = Math.min(bytes.length, (sector + 1) * 512 - offset);
    const kind = (Math.floor(sector / 128) + seed) % 3;
    let state = (Math.imul(sector + 1, 0x9e37_79b1) ^ seed) >>> 0 || 1;
    for (; at < end; at++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      bytes[at] = kind === 0 ? 0x41 + (state & 3) : kind === 1 ? state & 0xff : (sector & 0x7f) + 1;
    }
  }
}

/** The same as a sparse file. */
export async function writeRaw(disk: DiskImage, path: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.truncate(disk.size);
    for (const { offset, length } of disk.extents) {
      await file.write(await bytesAt(disk, offset, length), 0, length, offset);
    }
  } finally {
    await file.close();
  }
}
