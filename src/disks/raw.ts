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
    const read = async (offset: number, length: number): Promise<Buffer> => {
      const bytes = Buffer.allocUnsafe(length);
      for (let done = 0; done < length; ) {
        const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
        if (bytesRead === 0) throw new RangeError(`the disk \`${path}\` ends before byte ${offset + length}`);
        done += bytesRead;
      }
      return bytes;
    };
    return { size, read, extents: extents ?? (await findExtents(size, read)), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function findExtents(
  size: number,
  read: (offset: number, length: number) => Promise<Buffer>,
): Promise<readonly DiskExtent[]> {
  const list = createExtentList();
  for (let offset = 0; offset < size; offset += pieceSize) {
    scanExtents(await read(offset, Math.min(pieceSize, size - offset)), offset, list);
  }
  return list.extents;
}

function oddSize(path: string, size: number): GildError {
  return new GildError({
    code: 'DISK_INVALID',
    message: `\`${path}\` is no raw disk: it has ${size} bytes, which is no multiple of ${sectorSize}.`,
  });
}
