import type { Digest } from '../../model/digest.ts';
import type { Emit } from '../../model/events.ts';
import { GildError, toGildError } from '../../support/errors.ts';
import { once } from '../../support/once.ts';
import { keptListPath, readCatalogue } from './catalogue.ts';
import type { CacheSource } from './reference.ts';
import { standingOf } from './signature.ts';
import type { BlobName, Place, SharedRecord } from './types.ts';

/** A place as one run reads it: asked once, and only if something is missing here. */
export interface Shelf {
  readonly place: Place;
  find(key: Digest): Promise<SharedRecord | undefined>;
  all(): Promise<readonly SharedRecord[]>;
  /** With the size that the place states. */
  blobName(digest: Digest): Promise<BlobName>;
  /** It is not found any more. */
  withdraw(key: Digest): void;
  /** Says what is wrong: as a warning, or by throwing it where nobody wants to go on without this place. */
  complain(thrown: unknown): void;
}

export interface ShelfOptions {
  /** GILD_HOME. */
  readonly home: string;
  readonly emit: Emit;
  readonly signal?: AbortSignal | undefined;
}

export function openShelf({ place, forgiving, trusted }: CacheSource, options: ShelfOptions): Shelf {
  const { signal } = options;
  const keptAt = keptListPath(options.home, place);
  const withdrawn = new Set<Digest>();
  const catalogue = once(async () => {
    try {
      const found = await readCatalogue(place, { keptAt, signal });
      const refused = found?.refused ?? 0;
      if (refused > 0) complain(new Error(`${refused} of its records are not valid`));
      const records = onlyTrusted(found?.records ?? []);
      return {
        byKey: new Map(records.map((record) => [record.key, record])),
        sizes: found?.sizes,
      };
    } catch (thrown) {
      complain(thrown);
      return { byKey: new Map<Digest, SharedRecord>(), sizes: undefined };
    }
  });

  function onlyTrusted(records: readonly SharedRecord[]): readonly SharedRecord[] {
    if (!trusted) return records;
    const { signed = [], ...others } = Object.groupBy(records, (record) => standingOf(record, trusted));
    const left = Object.entries(others).map(([why, { length }]) => `${length} of its results are ${why}`);
    if (left.length > 0) complain(new Error(left.join(', ')));
    return signed;
  }

  function complain(thrown: unknown): void {
    signal?.throwIfAborted();
    const error = thrown instanceof GildError ? thrown : toGildError(thrown);
    const why = error.message.startsWith(place.name) ? error.message : `${place.name}: ${error.message}.`;
    const message = `${why.replace(/\.+$/, '')}. What it would have spared is done here.`;
    if (forgiving) {
      options.emit({ type: 'warning', code: 'REMOTE_CACHE_FAILED', message });
      return;
    }
    throw new GildError({
      code: 'REMOTE_CACHE_FAILED',
      message: why,
      hint: 'Without `ignore-error=false`, the build goes on all the same.',
      cause: thrown,
    });
  }

  return {
    place,
    complain,
    find: async (key) => (withdrawn.has(key) ? undefined : (await catalogue()).byKey.get(key)),
    all: async () => [...(await catalogue()).byKey.values()],
    blobName: async (digest) => ({ digest, size: (await catalogue()).sizes?.get(digest) ?? 0 }),
    withdraw: (key) => void withdrawn.add(key),
  };
}
