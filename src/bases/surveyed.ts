import { type FileHandle, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../support/canonical.ts';
import { readCheckedJson, writeCheckedJson } from '../support/checked-json.ts';
import { lookOf } from '../support/files.ts';

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
  const known = await readCheckedJson<Survey<T>>(record);
  if (known?.look === look) return known.found;
  const found = await survey();
  const after = await stat(path, { bigint: true });
  const settled = now() - Number(before.ctimeMs) > coarsestTickMs;
  if (settled && lookOf(after) === look) await writeCheckedJson(record, { look, found } satisfies Survey<T>);
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
