import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Digest } from '../../model/digest.ts';
import { inOrder } from '../../support/in-order.ts';
import type { PackageArchive } from '../types.ts';
import type { FetchOptions } from './fetch.ts';

/** Where package files go. */
export interface Laying {
  /** A folder for files on their way. */
  readonly scratch: string;
  isKnown(archive: PackageArchive): Promise<boolean>;
  /** Takes a whole file away from there. */
  lay(path: string, archive: PackageArchive): Promise<void>;
}

export interface LostArchive {
  readonly digest: Digest;
  readonly why: unknown;
}

/** Returns those that could not be had as they should be. */
export async function fetchArchives(
  archives: readonly PackageArchive[],
  { scratch, isKnown, lay }: Laying,
  { shelf: { place }, note, signal }: Omit<FetchOptions, 'content'>,
): Promise<readonly LostArchive[]> {
  const known = await Promise.all(archives.map(isKnown));
  const wanted = archives.filter((_archive, index) => !known[index]);
  if (wanted.length === 0) return [];
  const bytes = wanted.reduce((sum, { size }) => sum + size, 0);
  note(`fetching ${wanted.length} packages (${bytes} bytes) from ${place.name}`);
  const lost: LostArchive[] = [];
  const fetched = inOrder(wanted, atOnce, async (archive) => {
    const { digest, size, file } = archive;
    const path = join(scratch, file);
    try {
      const content = await place.blob({ digest, size }, signal);
      await pipeline(content, createWriteStream(path, { flags: 'wx' }), { ...(signal && { signal }) });
      await lay(path, archive);
    } catch (why) {
      await rm(path, { force: true });
      lost.push({ digest, why });
    }
  });
  for await (const _done of fetched);
  return lost;
}

const atOnce = 4;
