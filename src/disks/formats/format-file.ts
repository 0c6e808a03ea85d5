import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { writeFully } from '../../support/files.ts';
import type { FinishedFile, FormatFile } from './types.ts';

const writeSize = 1024 * 1024;
const zeros = Buffer.alloc(writeSize);

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
  let pending: Buffer[] = [];
  let pendingLength = 0;
  let writing: Promise<void> = Promise.resolve();

  /** What is appended next is prepared while this is written. */
  async function flush(): Promise<void> {
    await writing;
    if (pendingLength === 0) return;
    const bytes = pending.length === 1 ? (pending[0] as Buffer) : Buffer.concat(pending, pendingLength);
    writing = writeFully(handle, bytes, size - pendingLength);
    writing.catch(() => undefined);
    pending = [];
    pendingLength = 0;
  }

  async function hashZeros(length: number): Promise<void> {
    for (let left = length; left > 0; left -= writeSize) {
      hash.update(left < writeSize ? zeros.subarray(0, left) : zeros);
      if (left % (64 * writeSize) < writeSize) await turn(undefined, { signal });
    }
  }

  return {
    get size() {
      return size;
    },
    async append(bytes) {
      const at = size;
      if (hashed === undefined) hash.update(bytes);
      pending.push(bytes);
      pendingLength += bytes.length;
      size += bytes.length;
      if (pendingLength >= writeSize) await flush();
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
        await writing;
        await handle.truncate(size);
        if (hashed !== undefined) await readBack(handle, hashed, size, (bytes) => hash.update(bytes), signal);
        await handle.sync();
      } finally {
        await handle.close();
      }
      return { path, size, digest: `sha256:${hash.digest('hex')}` };
    },
    async abandon() {
      await writing.catch(() => undefined);
      await handle.close();
    },
  };
}

async function readBack(
  handle: FileHandle,
  from: number,
  to: number,
  take: (bytes: Buffer) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(writeSize);
  for (let at = from; at < to; ) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, Math.min(writeSize, to - at), at);
    if (bytesRead === 0) throw new Error(`the file ends at ${at} instead of ${to}`);
    take(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}
