import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readBeginning } from '../../support/files.ts';
import { manifestLimit } from '../../support/registry/client.ts';
import type { IndexEntry } from './layout-index.ts';
import { readManifest } from './manifest.ts';

/** Somebody may have written it for a manifest that is still to come. */
const graceMs = 60 * 60 * 1000;

/** Removes blobs that no manifest of a layout lists any more; nothing where one of them is not a cache of Gild. */
export async function sweepLayout(folder: string, entries: readonly IndexEntry[]): Promise<void> {
  const blobs = join(folder, 'blobs', 'sha256');
  const listed = new Set<string>();
  try {
    for (const { digest } of entries) {
      const bytes = await readBeginning(join(blobs, hexOf(digest)), manifestLimit);
      const { config, layers } = readManifest(bytes, folder);
      for (const named of [digest, config.digest, ...layers.map((layer) => layer.digest)])
        listed.add(hexOf(named));
    }
  } catch {
    return;
  }
  for (const name of await readdir(blobs)) {
    if (listed.has(name) || !/^[0-9a-f]{64}(\..*\.tmp)?$/.test(name)) continue;
    const found = await stat(join(blobs, name)).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > graceMs) await rm(join(blobs, name), { force: true });
  }
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}
