import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { writeFully } from '../../support/files.ts';
import type { FinishedFile, FormatFile } from './types.ts';

/** Less than this is gathered before it is written. */
const slabSize = 1024 * 1024;
const zeros = Buffer.alloc(slabSize);

export interface OpenFormatFile extends FormatFile {
  /** Flushes to the disk and closes. */
  finish(): Promise<FinishedFile>;
  /** Closes; the file is not to be used. */
  abandon(): Promise<void>;
}

/**
 * Hashes what is appended on the way. From the first reserved byte on that is impossible: the rest is then read back
 * once, at the end, from the page cache.
 */
export async function createFormatFile(path: string, signal?: AbortSignal): Promise<OpenFormatFile> {
  const handle = await open(path, 'wx+', 0o644);
  const hash = createHash('sha256');
  let size = 0;
  let hashed: number | undefined;
  const slab = Buffer.allocUnsafeSlow(slabSize);
  let filled = 0;

  /** Hashed while it is written. */
  async function put(bytes: Buffer, offset: number): Promise<void> {
    const written = writeFully(handle, bytes, offset);
    if (hashed === undefined) hash.update(bytes);
    await written;
  }

  async function flush(): Promise<void> {
    if (filled === 0) return;
    const bytes = slab.subarray(0, filled);
    filled = 0;
    await put(bytes, size - bytes.length);
  }

  async function hashZeros(length: number): Promise<void> {
    for (let left = length; left > 0; left -= slabSize) {
      hash.update(left < slabSize ? zeros.subarray(0, left) : zeros);
      if (left % (64 * slabSize) < slabSize) await turn(undefined, { signal });
    }
  }

  return {
    get size() {
      return size;
    },
    async append(bytes) {
      if (filled + bytes.length > slabSize) await flush();
      const at = size;
      size += bytes.length;
      if (bytes.length < slabSize) filled += bytes.copy(slab, filled);
      else await put(bytes, at);
      return at;
    },
    async skip(length) {
      await flush();
      size += length;
      if (hashed === undefined) await hashZeros(length);
    },
    async reserve(length) {
      await flush();
      const at = size;
      hashed ??= at;
      size += length;
      return at;
    },
    fill: (offset, bytes) => writeFully(handle, bytes, offset),
    async finish() {
      try {
        await flush();
        await handle.truncate(size);
        const synced = handle.sync();
        synced.catch(() => undefined);
        if (hashed !== undefined) await readBack(handle, hashed, size, (bytes) => hash.update(bytes), signal);
        await synced;
      } finally {
        await handle.close();
      }
      return { path, size, digest: `sha256:${hash.digest('hex')}` };
    },
    abandon: () => handle.close(),
  };
}

async function readBack(
  handle: FileHandle,
  from: number,
  to: number,
  take: (bytes: Buffer) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(slabSize);
  for (let at = from; at < to; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, Math.min(slabSize, to - at), at);
    if (bytesRead === 0) throw new Error(`the file ends at ${at} instead of ${to}`);
    take(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}
