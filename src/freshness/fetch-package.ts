import { writeFile } from 'node:fs/promises';
import { download } from '../bases/debian/download.ts';
import type { LockedPackage } from '../model/lock.ts';
import { sha256 as digestOf } from '../support/canonical.ts';
import { GildError } from '../support/errors.ts';
import { mismatch } from '../support/verified.ts';

/**
 * Writes a package into a file that is not there yet, from the first of the archives that has exactly it. `archives` have no
 * slash at their end. Throws `BASE_UNREACHABLE`, `DOWNLOAD_FAILED`, `DOWNLOAD_REFUSED` for what the last of them said.
 */
export async function fetchPackage(
  { name, sha256, size, path }: LockedPackage,
  archives: readonly string[],
  { to, signal }: { readonly to: string; readonly signal: AbortSignal },
): Promise<void> {
  const digest = `sha256:${sha256}` as const;
  let why: unknown = failed(`no archive of apt is known that may have ${name}`);
  for (const archive of archives) {
    const from = `${archive}/${path.split('/').map(encodeURIComponent).join('/')}`;
    try {
      const bytes = await download(from, { limit: size, signal });
      if (!bytes) throw failed(`There is no ${from} any more`);
      const found = digestOf(bytes);
      if (found !== digest) throw mismatch({ digest, from }, found);
      return await writeFile(to, bytes, { flag: 'wx', mode: 0o644 });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof GildError)) throw error;
      why = error;
    }
  }
  throw why;
}

function failed(message: string): GildError {
  return new GildError({ code: 'DOWNLOAD_FAILED', message: `${message}.` });
}
