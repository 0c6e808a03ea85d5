import { imageLabel } from '../../images/reference.ts';
import type { Digest } from '../../model/digest.ts';
import { takeInventory } from '../inventory.ts';
import type { Workshop } from '../workshop.ts';

/** What is left of a home after all of it was read. */
export interface StoreReport {
  readonly blobs: { readonly count: number; readonly bytes: number; readonly damaged: readonly Digest[] };
  /** Layers that are unpacked. */
  readonly folders: { readonly count: number; readonly damaged: readonly Digest[] };
  /** Images on record that lack something. */
  readonly images: readonly { readonly image: string; readonly missing: readonly Digest[] }[];
  /** Entries of the cache that lack something: what they stand for is made anew when it is wanted. */
  readonly entries: readonly string[];
}

/**
 * Reads every blob, looks at every unpacked layer, and follows every record. What is damaged is put aside, where nothing
 * finds it. Nothing is collected meanwhile; builds go on.
 */
export async function verifyStore(workshop: Workshop, signal: AbortSignal): Promise<StoreReport> {
  workshop.disposer.add(await workshop.records.useContent(signal));
  const blobs = await verifyBlobs(workshop, signal);
  const folders = await verifyFolders(workshop, signal);
  const { stocks } = await takeInventory(workshop);
  return {
    blobs,
    folders,
    images: await imagesThatLack(workshop),
    entries: stocks.filter(({ broken }) => broken).map(({ name }) => name),
  };
}

async function verifyBlobs({ blobs }: Workshop, signal: AbortSignal): Promise<StoreReport['blobs']> {
  const damaged: Digest[] = [];
  const digests = await blobs.list();
  let bytes = 0;
  for (const digest of digests) {
    signal.throwIfAborted();
    bytes += await blobs.size(digest);
    if ((await blobs.verify(digest, 'thoroughly')) === 'damaged') damaged.push(digest);
  }
  return { count: digests.length, bytes, damaged };
}

async function verifyFolders({ trees }: Workshop, signal: AbortSignal): Promise<StoreReport['folders']> {
  const damaged: Digest[] = [];
  let count = 0;
  for (const { diffId } of await trees.list()) {
    const state = await trees.check(diffId, signal);
    if (state !== 'absent') count++;
    if (state === 'damaged') damaged.push(diffId);
  }
  return { count, damaged };
}

async function imagesThatLack({ records, blobs, trees }: Workshop): Promise<StoreReport['images']> {
  const there = new Set(await blobs.list());
  const unpackable = new Set(
    (await trees.list()).filter((layer) => layer.blobs.length > 0).map(({ diffId }) => diffId),
  );
  return (await records.list()).flatMap((image) => {
    const needed = image.layers.map(({ diffId }) => diffId).filter((diffId) => !unpackable.has(diffId));
    const content = image.artifacts.flatMap((artifact) => artifact.blobs).filter((blob) => !there.has(blob));
    const missing = [...new Set([...needed, ...content])];
    return missing.length > 0 ? [{ image: imageLabel(image), missing }] : [];
  });
}
