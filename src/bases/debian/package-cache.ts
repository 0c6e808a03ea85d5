import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256, shortDigest } from '../../support/canonical.ts';
import { writeAtomically } from '../../support/files.ts';
import { download } from './download.ts';

/** Files of Debian archives, kept in `cache/apt` of the home: shared by all suites and all processes. */
export interface PackageCache {
  /** Undefined if the mirror does not have it. */
  read(mirror: string, path: string): Promise<Buffer | undefined>;
  /** How many came from the network, and how many were here. */
  counts(): { readonly fetched: number; readonly kept: number; readonly bytes: number };
  /** Forgets what was read: something in it may be damaged. */
  forget(): Promise<void>;
}

export function createPackageCache(home: string, signal: AbortSignal | undefined): PackageCache {
  const underWay = new Map<string, Promise<Buffer | undefined>>();
  const used = new Set<string>();
  const counts = { fetched: 0, kept: 0, bytes: 0 };

  async function read(mirror: string, path: string): Promise<Buffer | undefined> {
    const name = keyOf(path);
    const file =
      name === undefined ? undefined : join(home, 'cache', 'apt', shortDigest(sha256(mirror)), name);
    const kept = file === undefined ? undefined : await readFile(file).catch(() => undefined);
    if (file !== undefined) used.add(file);
    if (kept) counts.kept++;
    const bytes = kept ?? (await download(`${mirror}/${path}`, { limit: fileLimit, signal }));
    if (bytes && !kept) {
      counts.fetched++;
      counts.bytes += bytes.length;
      if (file !== undefined) await writeAtomically(file, bytes);
    }
    return bytes;
  }

  return {
    read: (mirror, path) => {
      const key = `${mirror}/${path}`;
      const running = underWay.get(key) ?? read(mirror, path).finally(() => underWay.delete(key));
      underWay.set(key, running);
      return running;
    },
    counts: () => ({ ...counts }),
    forget: async () => {
      await Promise.all([...used].map((file) => rm(file, { force: true })));
    },
  };
}

const fileLimit = 1024 ** 3;

/** Names under which content never changes: a digest, or a package with its version. Others are not kept. */
function keyOf(path: string): string | undefined {
  const byHash = /\/by-hash\/SHA256\/([0-9a-f]{64})$/.exec(path)?.[1];
  if (byHash !== undefined) return `index-${byHash}`;
  return /^pool\/(?:[^/]+\/)+([A-Za-z0-9][A-Za-z0-9+._~%:-]*\.deb)$/.exec(path)?.[1];
}
