import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readCheckedJson, writeCheckedJson } from '../support/checked-json.ts';

/**
 * Downloads of all builds of a home, by content:
 *
 *     content/<sha256>           what was fetched
 *     addresses/<sha256>.json    by the hash of an address: what it held last, and how to ask whether it still does
 *
 * A miss is always right: the folder may be deleted at any time.
 */
export interface DownloadCache {
  /** What an address held when it was last asked. */
  recall(address: string): Promise<Remembered | undefined>;
  /** Puts content at a path that does not exist yet, after verifying it; false if there is none. */
  take(sha256: string, path: string): Promise<boolean>;
  /** Keeps a file's content, and what it is known by; the file stays where it is. */
  keep(path: string, sha256: string, known?: { readonly address: string } & Validators): Promise<void>;
}

export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

export interface Remembered extends Validators {
  readonly sha256: string;
}

export function createDownloadCache(options: {
  readonly folder: string;
  /** What was used least recently goes first; 10 GiB by default. */
  readonly maxBytes?: number;
}): DownloadCache {
  const { folder, maxBytes = 10 * 1024 ** 3 } = options;
  const contentPath = (sha256: string) => join(folder, 'content', sha256);
  const addressPath = (address: string) => join(folder, 'addresses', `${hashOf(address)}.json`);
  return {
    recall: (address) => readCheckedJson<Remembered>(addressPath(address)),
    take: async (sha256, path) => {
      const content = contentPath(sha256);
      try {
        await linkOrCopy(content, path);
      } catch {
        return false;
      }
      if ((await digest(path)) === sha256) {
        const now = new Date();
        await utimes(content, now, now).catch(() => undefined);
        return true;
      }
      await rm(path, { force: true });
      await rm(content, { force: true });
      return false;
    },
    keep: async (path, sha256, known) => {
      await mkdir(join(folder, 'content'), { recursive: true, mode: 0o700 });
      await mkdir(join(folder, 'addresses'), { recursive: true, mode: 0o700 });
      await linkOrCopy(path, contentPath(sha256)).catch(ignoreExisting);
      if (known && (known.etag !== undefined || known.lastModified !== undefined)) {
        const { address, etag, lastModified } = known;
        await writeCheckedJson(addressPath(address), { sha256, etag, lastModified }, 0o600);
      }
      await prune(join(folder, 'content'), maxBytes);
    },
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A second name costs nothing; where the folders are on two disks, a copy has to do. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await copyFile(from, to);
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function prune(content: string, maxBytes: number): Promise<void> {
  const names = await readdir(content);
  const files = await Promise.all(
    names.map(async (name) => {
      const status = await stat(join(content, name)).catch(() => undefined);
      return { name, size: status?.size ?? 0, used: status?.mtimeMs ?? 0 };
    }),
  );
  let left = files.reduce((sum, { size }) => sum + size, 0);
  for (const { name, size } of files.sort((a, b) => a.used - b.used)) {
    if (left <= maxBytes) return;
    await rm(join(content, name), { force: true });
    left -= size;
  }
}
