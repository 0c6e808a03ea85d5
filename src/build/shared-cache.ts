import { importLayers } from '../bases/container/import-layers.ts';
import { createWorkRecords } from '../cache/records.ts';
import {
  type CacheSource,
  type CacheTarget,
  parseCacheSource,
  parseCacheTarget,
} from '../cache/remote/reference.ts';
import { createRemoteSource, type RemoteSource } from '../cache/remote/source.ts';
import type { Emit } from '../model/events.ts';
import type { Workshop } from './workshop.ts';

/** Where results are shared with other hosts. */
export interface SharedCaches {
  readonly from: readonly CacheSource[];
  readonly to: readonly CacheTarget[];
}

export interface SharedCacheTexts {
  readonly cacheFrom?: readonly string[];
  readonly cacheTo?: readonly string[];
}

/** As given, else from `GILD_CACHE_FROM` and `GILD_CACHE_TO`: one in a line, or with `;` between. Throws `USAGE`. */
export function sharedCaches({ cacheFrom, cacheTo }: SharedCacheTexts, env: NodeJS.ProcessEnv): SharedCaches {
  return {
    from: textsOf(cacheFrom, env.GILD_CACHE_FROM).map(parseCacheSource),
    to: textsOf(cacheTo, env.GILD_CACHE_TO).map(parseCacheTarget),
  };
}

function textsOf(given: readonly string[] = [], variable = ''): readonly string[] {
  if (given.length > 0) return given;
  return variable
    .split(/[;\n]/)
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

export interface OpenSourceOptions {
  /** Name of the image that is made. */
  readonly image: string;
  readonly emit: Emit;
  readonly redact: (text: string) => string;
  readonly signal?: AbortSignal | undefined;
}

/** Undefined where nobody else is to be asked. */
export function openRemoteSource(
  { host, blobs, trees, database }: Workshop,
  sources: readonly CacheSource[],
  options: OpenSourceOptions,
): RemoteSource | undefined {
  if (sources.length === 0) return undefined;
  return createRemoteSource({
    ...options,
    home: host.home,
    sources,
    records: createWorkRecords(database.open),
    content: {
      blobs,
      findLayer: trees.find,
      importLayer: async (layer, open) => {
        const [imported = layer] = await importLayers([layer], {
          trees,
          home: host.home,
          signal: options.signal,
          open: (_layer, stop) => open(stop),
        });
        return imported;
      },
    },
  });
}
