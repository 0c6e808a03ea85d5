import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../model/digest.ts';
import { sha256 } from '../support/canonical.ts';
import { GildError } from '../support/errors.ts';
import { writeAtomically } from '../support/files.ts';
import { outbound, readLimited } from '../support/outbound.ts';

export interface AskOptions {
  readonly home: string;
  /** Bytes. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

/** The content of an address now: asked for with what the server said of the copy that is here. Throws `DOWNLOAD_FAILED`. */
export async function askAgain(url: string, { home, limit, signal }: AskOptions): Promise<Buffer> {
  const path = join(home, 'cache', 'asked', sha256(url).slice('sha256:'.length));
  const kept = await readKept(path);
  const { status, headers, body } = await outbound(url, {
    reach: 'any',
    headers: {
      ...(kept?.etag && { 'if-none-match': kept.etag }),
      ...(kept?.modified && { 'if-modified-since': kept.modified }),
    },
    idleMs: 20_000,
    signal,
  });
  if (status === 304 && kept) {
    body.resume();
    return kept.bytes;
  }
  if (status !== 200) {
    body.on('error', () => undefined).destroy();
    throw new GildError({ code: 'DOWNLOAD_FAILED', message: `${url} answered ${status}.` });
  }
  const bytes = await readLimited(body, limit, url);
  const { etag, 'last-modified': modified } = headers;
  await writeAtomically(path, bytes);
  await writeAtomically(`${path}.json`, JSON.stringify({ digest: sha256(bytes), etag, modified }));
  return bytes;
}

interface Kept {
  readonly bytes: Buffer;
  readonly digest: Digest;
  readonly etag?: string;
  readonly modified?: string;
}

/** A copy that is not whole counts as none. */
async function readKept(path: string): Promise<Kept | undefined> {
  try {
    const facts = JSON.parse(await readFile(`${path}.json`, 'utf8')) as Omit<Kept, 'bytes'>;
    const bytes = await readFile(path);
    return sha256(bytes) === facts.digest ? { ...facts, bytes } : undefined;
  } catch {
    return undefined;
  }
}
