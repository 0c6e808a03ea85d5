import { type FileHandle, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../support/canonical.ts';
import { lookOf, writeAtomically } from '../support/files.ts';

/**
 * What reading a whole file told, remembered in `cache/surveys` of the home for as long as the file looks as it did:
 * who writes to a file changes its times, and nobody can set the one that counts. A file that was changed a moment ago
 * is read again next time, since what changes within one tick of a file system's clock looks alike.
 */
export async function surveyed<T>(
  { path, handle, home, now = Date.now }: Surveyed,
  survey: () => Promise<T>,
): Promise<T> {
  const before = await handle.stat({ bigint: true });
  const look = lookOf(before);
  const record = join(home, 'cache', 'surveys', `${sha256(path).slice('sha256:'.length)}.json`);
  const known = await recall<T>(record);
  if (known?.look === look) return known.found;
  const found = await survey();
  const after = await stat(path, { bigint: true });
  const settled = now() - Number(before.ctimeMs) > coarsestTickMs;
  if (settled && lookOf(after) === look)
    await writeAtomically(record, `${JSON.stringify({ look, found } satisfies Survey<T>)}\n`);
  return found;
}

interface Surveyed {
  readonly path: string;
  /** Of the same file, open. */
  readonly handle: FileHandle;
  readonly home: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

interface Survey<T> {
  readonly look: string;
  readonly found: T;
}

/** That of FAT. */
const coarsestTickMs = 2000;

async function recall<T>(record: string): Promise<Survey<T> | undefined> {
  try {
    return JSON.parse(await readFile(record, 'utf8')) as Survey<T>;
  } catch {
    return undefined;
  }
}
