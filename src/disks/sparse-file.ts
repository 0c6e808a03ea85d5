import { type FileHandle, open } from 'node:fs/promises';
import { createExtentCollector } from './extents.ts';
import type { DiskExtent, DiskTarget } from './types.ts';

/** A new file on this host that is written in pieces, in any order; what is not written reads as zeros. */
export interface SparseFile extends DiskTarget {
  /** Resolves when so much has reached the file that more may be written. Throws what went wrong. */
  settle(): Promise<void>;
  /** Sets the size and closes the file; what holds data. */
  finish(size: number): Promise<readonly DiskExtent[]>;
  /** After a failure: closes the file as it is. */
  abandon(): Promise<void>;
}

const mostPending = 16 * 1024 * 1024;

/** `path` must not exist. */
export async function createSparseFile(path: string): Promise<SparseFile> {
  const file = await open(path, 'wx', 0o644);
  const written = createExtentCollector();
  let pending = 0;
  let failure: unknown;
  let writing: Promise<void>[] = [];

  const settle = async (most: number) => {
    while (pending > most && writing.length > 0) await writing.shift();
    if (failure !== undefined) throw failure;
  };
  return {
    write(offset, bytes) {
      written.add(offset, bytes);
      pending += bytes.length;
      const done = writeAll(file, bytes, offset)
        .catch((error: unknown) => {
          failure ??= error;
        })
        .finally(() => {
          pending -= bytes.length;
        });
      writing.push(done);
    },
    settle: () => settle(mostPending),
    async finish(size) {
      try {
        await settle(-1);
        await Promise.all(writing);
        if (failure !== undefined) throw failure;
        await file.truncate(size);
      } finally {
        writing = [];
        await file.close();
      }
      return written.extents(size);
    },
    async abandon() {
      await Promise.all(writing);
      await file.close();
    },
  };
}

async function writeAll(file: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}
