import { blockSize, createExtentList, scanExtents } from '../extents.ts';
import type { DiskExtent, DiskImage } from '../types.ts';
import { headSectors, resizedTables, sectorSize, tailSectors } from './gpt.ts';

const headSize = headSectors * sectorSize;
const tailSize = tailSectors * sectorSize;

/**
 * The disk as one of `size` bytes: zeros follow it, and where it has a partition table, the second copy of that is at
 * the new end.
 */
export async function enlargeDisk(disk: DiskImage, size: number): Promise<DiskImage> {
  const room = Math.min(disk.size, size - disk.size);
  if (room < headSize + tailSize) return withPatches(disk, size, []);
  const tables = resizedTables(await disk.read(0, headSize), size);
  if (!tables) return withPatches(disk, size, []);
  return withPatches(disk, size, [
    { offset: 0, bytes: tables.head },
    { offset: disk.size - tailSize, bytes: Buffer.alloc(tailSize) },
    { offset: size - tailSize, bytes: tables.tail },
  ]);
}

/** Bytes that stand in the place of others. */
interface Patch {
  readonly offset: number;
  readonly bytes: Buffer;
}

async function withPatches(disk: DiskImage, size: number, patches: readonly Patch[]): Promise<DiskImage> {
  const read = async (offset: number, length: number): Promise<Buffer> => {
    const there = Math.max(0, Math.min(length, disk.size - offset));
    const bytes = Buffer.alloc(length);
    if (there > 0) (await disk.read(offset, there)).copy(bytes);
    for (const patch of patches) {
      const from = Math.max(offset, patch.offset);
      const to = Math.min(offset + length, patch.offset + patch.bytes.length);
      if (from < to) patch.bytes.copy(bytes, from - offset, from - patch.offset, to - patch.offset);
    }
    return bytes;
  };
  const list = createExtentList();
  let done = 0;
  for (const { offset, bytes } of patches) {
    const start = Math.floor(offset / blockSize) * blockSize;
    const end = Math.min(size, blockEnd(offset + bytes.length));
    for (const extent of cut(disk.extents, done, start)) list.add(extent.offset, extent.length);
    scanExtents(await read(start, end - start), start, list);
    done = end;
  }
  for (const extent of cut(disk.extents, done, size)) list.add(extent.offset, extent.length);
  return { size, read, extents: list.extents };
}

/** What of the extents lies between two places, in whole blocks. */
function* cut(extents: readonly DiskExtent[], from: number, to: number): Generator<DiskExtent> {
  for (const { offset, length } of extents) {
    const start = Math.max(offset, from);
    const end = Math.min(blockEnd(offset + length), to);
    if (start < end) yield { offset: start, length: end - start };
  }
}

function blockEnd(offset: number): number {
  return Math.ceil(offset / blockSize) * blockSize;
}
