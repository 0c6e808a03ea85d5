import type { Readable } from 'node:stream';
import type { Layer } from '../../model/tree.ts';
import { GildError } from '../../support/errors.ts';
import { isPassing } from '../../support/registry/session.ts';
import { withRetries } from '../../support/retry.ts';
import { requireSpace } from '../../support/space.ts';
import type { TreeStore } from '../../trees/types.ts';
import type { PinnedLayer } from './resolve-image.ts';

export interface ImportOptions {
  readonly trees: TreeStore;
  /** GILD_HOME. */
  readonly home: string;
  readonly open: (layer: PinnedLayer, signal: AbortSignal) => Promise<Readable>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Brings in what the store lacks, a few at a time; the first failure stops the others. Throws `NO_SPACE` before anything
 * is read where all of it cannot fit.
 */
export async function importLayers(
  pinned: readonly PinnedLayer[],
  options: ImportOptions,
): Promise<readonly Layer[]> {
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const found = new Map<string, Layer>();
  for (const { diffId } of pinned) {
    const there = await options.trees.find(diffId);
    if (there) found.set(diffId, there);
  }
  const lacking = pinned.filter(({ diffId }) => !found.has(diffId));
  const waiting = [...new Map(lacking.map((layer) => [layer.diffId, layer])).values()];
  const bytes = waiting.reduce((sum, { size }) => sum + size, 0);
  if (bytes > 0) await requireSpace(options.home, bytes, 'what is to be fetched');
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      signal.throwIfAborted();
      found.set(next.diffId, await bringIn(next, options, signal));
    }
  };
  const results = await Promise.allSettled(
    Array.from({ length: atOnce }, () =>
      work().catch((error) => {
        stop.abort(error);
        throw error;
      }),
    ),
  );
  options.signal?.throwIfAborted();
  if (results.some(({ status }) => status === 'rejected')) throw stop.signal.reason;
  return pinned.map(({ diffId }) => found.get(diffId) as Layer);
}

const atOnce = 3;

async function bringIn(layer: PinnedLayer, options: ImportOptions, signal: AbortSignal): Promise<Layer> {
  try {
    return await withRetries(() => importOnce(layer, options, signal), {
      isWorthRetrying: isPassing,
      signal,
    });
  } catch (error) {
    if (signal.aborted || !isPassing(error)) throw error;
    const message = `The layer ${layer.blob} could not be fetched: ${(error as Error).message}`;
    throw new GildError({ code: 'BASE_UNREACHABLE', message, cause: error });
  }
}

/** What went wrong with the source says more than what its reader made of that. */
async function importOnce(
  layer: PinnedLayer,
  { trees, open }: ImportOptions,
  signal: AbortSignal,
): Promise<Layer> {
  const blob = await open(layer, signal);
  let failure: Error | undefined;
  blob.once('error', (error) => {
    failure = error;
  });
  try {
    const { blob: digest, diffId, createdBy } = layer;
    return await trees.importLayer(blob, { blob: digest, diffId, createdBy, signal });
  } catch (error) {
    throw failure ?? error;
  } finally {
    blob.destroy();
  }
}
