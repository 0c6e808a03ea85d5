import { createWorkRecords } from '../../cache/records.ts';
import type { CacheSource, CacheTarget } from '../../cache/remote/reference.ts';
import { signerOf, trustedKeys } from '../../cache/remote/signature.ts';
import type { RemoteSource } from '../../cache/remote/source.ts';
import type { Emit } from '../../model/events.ts';
import { GildError } from '../../support/errors.ts';
import { readBeginning } from '../../support/files.ts';
import type { Workshop } from '../workshop.ts';

/** Where results are shared with other hosts. */
export interface SharedCaches {
  readonly from: readonly CacheSource[];
  readonly to: readonly CacheTarget[];
}

export interface SharedCacheTexts {
  readonly cacheFrom?: readonly string[];
  readonly cacheTo?: readonly string[];
  /** File with the key that signs what is shared. */
  readonly cacheSignKey?: string | undefined;
  /** File with the keys whose results are used. */
  readonly cacheTrust?: string | undefined;
}

/**
 * As given, else from `GILD_CACHE_FROM` and `GILD_CACHE_TO`: one in a line, or with `;` between. Keys are those of
 * `GILD_CACHE_SIGN_KEY` and `GILD_CACHE_TRUST` where none are given. Throws `USAGE`.
 */
export async function sharedCaches(
  { cacheFrom, cacheTo, cacheSignKey, cacheTrust }: SharedCacheTexts,
  env: NodeJS.ProcessEnv,
): Promise<SharedCaches> {
  const from = textsOf(cacheFrom, env.GILD_CACHE_FROM);
  const to = textsOf(cacheTo, env.GILD_CACHE_TO);
  const trusted = await keyFrom(cacheTrust ?? env.GILD_CACHE_TRUST, trustedKeys);
  if (from.length === 0 && to.length === 0) return { from: [], to: [] };
  const { parseCacheSource, parseCacheTarget } = await import('../../cache/remote/reference.ts');
  const signer = to.length > 0 ? await keyFrom(cacheSignKey ?? env.GILD_CACHE_SIGN_KEY, signerOf) : undefined;
  return {
    from: from.map((text) => ({ ...parseCacheSource(text), trusted })),
    to: to.map((text) => ({ ...parseCacheTarget(text), signer })),
  };
}

async function keyFrom<T>(
  path: string | undefined,
  read: (pem: string, where: string) => T,
): Promise<T | undefined> {
  if (!path) return undefined;
  const pem = await readBeginning(path, longestKeys).catch((cause: Error) => {
    throw new GildError({ code: 'USAGE', message: `${path} cannot be read: ${cause.message}.`, cause });
  });
  return read(pem.toString(), path);
}

const longestKeys = 1024 * 1024;

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
export async function openRemoteSource(
  { host, blobs, trees, database }: Workshop,
  sources: readonly CacheSource[],
  options: OpenSourceOptions,
): Promise<RemoteSource | undefined> {
  if (sources.length === 0) return undefined;
  const [{ createRemoteSource }, { importLayers }] = await Promise.all([
    import('../../cache/remote/source.ts'),
    import('../../bases/container/import-layers.ts'),
  ]);
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
