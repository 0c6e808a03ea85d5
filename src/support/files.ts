import { randomUUID } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes under a temporary name, flushes, renames: another process sees the old file or the new one. */
export async function writeAtomically(
  path: string,
  content: string | Uint8Array,
  mode = 0o644,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** All of `bytes` at `offset`, in as many writes as it takes. */
export async function writeFully(file: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}

/**
 * The first `limit` bytes of a regular file, if it has as many. Throws what `open` throws, and with the code `ENOTFILE`
 * for what could keep us waiting or never end: a pipe, a device.
 */
export async function readBeginning(path: string, limit: number): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = await file.stat();
    if (stat.isDirectory()) throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR' });
    if (!stat.isFile()) throw Object.assign(new Error(`${path} is no regular file`), { code: 'ENOTFILE' });
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(limit, stat.size)), 0, undefined, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** What the kernel says of a file's content: whoever writes to the file changes it, and nobody can set it back. */
export function lookOf({ size, mtimeNs, ctimeNs, dev, ino }: BigIntStats): string {
  return [size, mtimeNs, ctimeNs, dev, ino].join(' ');
}
