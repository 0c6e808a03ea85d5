import { open } from 'node:fs/promises';
import { GildError } from '../support/errors.ts';
import { createExtentList, scanExtents } from './extents.ts';
import type { DiskExtent, OpenDisk } from './types.ts';

const sectorSize = 512;
const pieceSize = 1024 * 1024;

/**
 * A (sparse) file on this host as a disk. Without `extents` the whole file is read once to find them. Throws
 * `DISK_INVALID` where the file cannot be a disk.
 */
export async function openRawDisk(path: string, extents?: readonly DiskExtent[]): Promise<OpenDisk> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size === 0 || size % sectorSize !== 0) throw oddSize(path, size);
    const read = async (offset: number, into: Buffer): Promise<void> => {
      for (let done = 0; done < into.length; ) {
        const { bytesRead } = await file.read(into, done, into.length - done, offset + done);
        if (bytesRead === 0)
          throw new RangeError(`the disk \`${path}\` ends before byte ${offset + into.length}`);
        done += bytesRead;
      }
    };
    return { size, read, extents: extents ?? (await findExtents(size, read)), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function findExtents(size: number, read: OpenDisk['read']): Promise<readonly DiskExtent[]> {
  const list = createExtentList();
  const memory = Buffer.allocUnsafe(pieceSize);
  for (let offset = 0; offset < size; offset += pieceSize) {
    const piece = memory.subarray(0, size - offset);
    await read(offset, piece);
    scanExtents(piece, offset, list);
  }
  return list.extents;
}

function oddSize(path: string, size: number): GildError {
  return new GildError({
    code: 'DISK_INVALID',
    message: `\`${path}\` is no raw disk: it has ${size} bytes, which is no multiple of ${sectorSize}.`,
  });
}
