import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest } from '../model/digest.ts';
import { lookOf } from '../support/files.ts';

/**
 * What the file of a blob looked like to the kernel when its content was right: whoever changes the file, changes that.
 * Only a disk that forgets can change the one without the other; whoever reads the bytes finds that out.
 *
 * ```
 * blobs/seals/<hex>      size, times and inode
 * blobs/damaged/<hex>    what did not match; nothing reads it, and it may be removed
 * ```
 */
export interface Seals {
  /** Notes how the file looks now, with its content known to be right. */
  seal(digest: Digest): Promise<void>;
  verify(digest: Digest): Promise<'whole' | 'missing' | 'damaged'>;
  putAside(digest: Digest): Promise<void>;
  forget(digest: Digest): Promise<void>;
}

export function createSeals(folder: string, pathOf: (digest: Digest) => string): Seals {
  const sealPath = (digest: Digest) => join(folder, 'seals', hexOf(digest));
  const seal = async (digest: Digest) => {
    const look = await lookAt(pathOf(digest));
    if (look !== undefined) await writeInFolder(sealPath(digest), look);
  };
  const putAside = async (digest: Digest) => {
    await mkdir(join(folder, 'damaged'), { recursive: true });
    await rename(pathOf(digest), join(folder, 'damaged', hexOf(digest))).catch(unlessGone);
    await rm(sealPath(digest), { force: true });
  };
  return {
    seal,
    putAside,
    forget: (digest) => rm(sealPath(digest), { force: true }),
    verify: async (digest) => {
      const path = pathOf(digest);
      const [look, sealed] = await Promise.all([
        lookAt(path),
        readFile(sealPath(digest), 'utf8').catch(() => ''),
      ]);
      if (look === undefined) return 'missing';
      if (look === sealed) return 'whole';
      if ((await digestOfFile(path)) === digest) {
        await seal(digest);
        return 'whole';
      }
      await putAside(digest);
      return 'damaged';
    },
  };
}

async function lookAt(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(unlessGone);
  return found && lookOf(found);
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

/** Not flushed: a seal that a crash takes away, or tears, is one that does not match. */
async function writeInFolder(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch(async (error: { code?: string }) => {
    if (error.code !== 'ENOENT') throw error;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  });
}

function unlessGone(error: { code?: string }): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
