import { open } from 'node:fs/promises';
import { writeFully } from '../support/files.ts';
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

const slabSize = 1024 * 1024;
const mostPending = 16;

/**
 * `path` must not exist. Neighbours are gathered into slabs, which are used again once they are written: new memory
 * for each would keep the garbage collector busy.
 */
export async function createSparseFile(path: string): Promise<SparseFile> {
  const file = await open(path, 'wx', 0o644);
  const written = createExtentCollector();
  const idle: Buffer[] = [];
  const writing: Promise<void>[] = [];
  let last: Promise<void> = Promise.resolve();
  let slab: Buffer | undefined;
  let start = 0;
  let filled = 0;
  let failure: unknown;

  /** One after the other, for the kernel lets no two write into one file. */
  const flush = () => {
    if (!slab) return;
    const full = slab;
    const [bytes, offset] = [full.subarray(0, filled), start];
    last = last
      .then(() => writeFully(file, bytes, offset))
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => idle.push(full));
    writing.push(last);
    slab = undefined;
  };
  const settle = async (most: number) => {
    while (writing.length > most) await writing.shift();
    if (failure !== undefined) throw failure;
  };
  return {
    write(offset, bytes) {
      written.add(offset, bytes);
      for (let at = 0; at < bytes.length; ) {
        if (slab && (start + filled !== offset + at || filled === slabSize)) flush();
        if (!slab) {
          slab = idle.pop() ?? Buffer.allocUnsafeSlow(slabSize);
          start = offset + at;
          filled = 0;
        }
        const taken = bytes.copy(slab, filled, at, at + slabSize - filled);
        filled += taken;
        at += taken;
      }
    },
    settle: () => settle(mostPending),
    async finish(size) {
      try {
        flush();
        await settle(0);
        await file.truncate(size);
      } finally {
        await file.close();
      }
      return written.extents(size);
    },
    async abandon() {
      await last;
      await file.close();
    },
  };
}
