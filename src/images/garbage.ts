import type { Digest } from '../model/digest.ts';
import type { Database } from '../store/database.ts';
import type { Lease } from '../store/lease.ts';
import type { BlobStore } from '../store/types.ts';
import type { Collected, CollectOptions } from './types.ts';

export interface GarbageOptions extends CollectOptions {
  readonly database: () => Promise<Database>;
  readonly lease: Lease;
  readonly blobs: BlobStore;
}

/**
 * Removes what no image needs, alone with the store. A layer goes before its blobs: whatever kills this half-way,
 * no layer is left whose blob is gone, and the next collection finishes.
 */
export async function collectGarbage({
  database,
  lease,
  blobs,
  layers,
  keep,
}: GarbageOptions): Promise<Collected> {
  const release = await lease.tryAlone();
  if (!release) return { busy: true, blobs: 0, layers: 0, bytes: 0 };
  try {
    const open = await database();
    const kept = await keep?.();
    const recorded = await recordedContent(open);
    const neededLayers = new Set([...(kept?.diffIds ?? []), ...recorded.diffIds]);
    const neededBlobs = new Set<string>([...(kept?.blobs ?? []), ...recorded.blobs]);
    const unneeded: Digest[] = [];
    for (const layer of await layers.list()) {
      if (!neededLayers.has(layer.diffId)) unneeded.push(layer.diffId);
      else for (const blob of layer.blobs) neededBlobs.add(blob);
    }
    for (const diffId of unneeded) await layers.remove(diffId);
    const removed = await removeBlobs(blobs, neededBlobs);
    return { busy: false, layers: unneeded.length, ...removed };
  } finally {
    release();
  }
}

/** What the images on record need. */
export async function recordedContent(
  database: Database,
): Promise<{ readonly diffIds: readonly Digest[]; readonly blobs: readonly Digest[] }> {
  const layers = await database.selectFrom('image_layers').select('diff_id').distinct().execute();
  const blobs = await database.selectFrom('image_blobs').select('digest').distinct().execute();
  return {
    diffIds: layers.map((row) => row.diff_id as Digest),
    blobs: blobs.map((row) => row.digest as Digest),
  };
}

async function removeBlobs(
  blobs: BlobStore,
  needed: ReadonlySet<string>,
): Promise<{ blobs: number; bytes: number }> {
  let count = 0;
  let bytes = 0;
  for (const digest of await blobs.list()) {
    if (needed.has(digest)) continue;
    bytes += await blobs.size(digest);
    await blobs.remove(digest);
    count++;
  }
  return { blobs: count, bytes };
}
