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
  const head = Buffer.alloc(headSize);
  await disk.read(0, head);
  const tables = resizedTables(head, size);
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
  const read = async (offset: number, into: Buffer): Promise<void> => {
    const there = Math.max(0, Math.min(into.length, disk.size - offset));
    if (there > 0) await disk.read(offset, into.subarray(0, there));
    into.fill(0, there);
    for (const patch of patches) {
      const from = Math.max(offset, patch.offset);
      const to = Math.min(offset + into.length, patch.offset + patch.bytes.length);
      if (from < to) patch.bytes.copy(into, from - offset, from - patch.offset, to - patch.offset);
    }
  };
  const list = createExtentList();
  let done = 0;
  for (const { offset, bytes } of patches) {
    const start = Math.floor(offset / blockSize) * blockSize;
    const end = Math.min(size, blockEnd(offset + bytes.length));
    for (const extent of cut(disk.extents, done, start)) list.add(extent.offset, extent.length);
    const around = Buffer.alloc(end - start);
    await read(start, around);
    scanExtents(around, start, list);
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
