import type { Readable } from 'node:stream';
import type { Digest } from '../../model/digest.ts';
import type { Layer } from '../../model/tree.ts';
import type { BlobStore } from '../../store/types.ts';
import { GildError } from '../../support/errors.ts';
import { isPassing } from '../../support/registry/session.ts';
import { withRetries } from '../../support/retry.ts';
import type { Shelf } from './shelf.ts';

/** Where content goes on this host. */
export interface Content {
  readonly blobs: BlobStore;
  findLayer(diffId: Digest): Promise<Layer | undefined>;
  /** Checks both digests and every entry; `open` may be asked again. Throws what it finds. */
  importLayer(layer: Layer, open: (signal: AbortSignal) => Promise<Readable>): Promise<Layer>;
}

export interface FetchOptions {
  readonly shelf: Shelf;
  readonly content: Content;
  /** Remarks for the log. */
  readonly note: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** The layer of the same content that is whole on this host, as `layer` describes it otherwise. */
export async function layerHere(layer: Layer, { blobs, findLayer }: Content): Promise<Layer | undefined> {
  const here = await findLayer(layer.diffId);
  const isWhole = here !== undefined && (await blobs.verify(here.blob)) === 'whole';
  return isWhole ? { ...here, createdBy: layer.createdBy } : undefined;
}

/** Throws where what comes is not exactly what was promised. */
export async function fetchLayer(
  layer: Layer,
  { shelf, content, note, signal }: FetchOptions,
): Promise<void> {
  const { place } = shelf;
  note(`fetching ${layer.blob} (${layer.size} bytes) from ${place.name}`);
  const name = { digest: layer.blob, size: layer.size };
  const { blob, unpackedSize } = await content.importLayer(layer, (stop) =>
    place.blob(name, signal ? AbortSignal.any([signal, stop]) : stop),
  );
  if (blob === layer.blob && unpackedSize === layer.unpackedSize) return;
  throw new GildError({
    code: 'REMOTE_CACHE_FAILED',
    message: `${place.name}: the layer ${layer.diffId} is not what its record says.`,
  });
}

/** Brings in a blob that is not whole on this host. */
export async function fetchBlob(
  digest: Digest,
  { shelf, content: { blobs }, note, signal }: FetchOptions,
): Promise<void> {
  if ((await blobs.verify(digest)) === 'whole') return;
  const name = await shelf.blobName(digest);
  note(`fetching ${digest} (${name.size} bytes) from ${shelf.place.name}`);
  await withRetries(async () => blobs.write(await shelf.place.blob(name, signal), digest), {
    isWorthRetrying: isPassing,
    attempts: 3,
    signal,
  });
}
