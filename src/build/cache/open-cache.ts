import { neededBlobs } from '../../cache/needed-blobs.ts';
import { createWorkRecords } from '../../cache/records.ts';
import { createStepCache } from '../../cache/step-cache.ts';
import type { CacheMode, Elsewhere, Inspect, StepCache } from '../../cache/types.ts';
import type { Emit } from '../../model/events.ts';
import type { Workshop } from '../workshop.ts';

export interface OpenCacheOptions {
  readonly mode?: CacheMode | undefined;
  readonly elsewhere?: Elsewhere | undefined;
  readonly run: { readonly id: string; readonly image: string };
  readonly emit: Emit;
  readonly redact: (text: string) => string;
  readonly signal?: AbortSignal | undefined;
}

/** The cache of a home, for one run. */
export function openCache(workshop: Workshop, { mode = {}, ...options }: OpenCacheOptions): StepCache {
  return createStepCache({
    ...options,
    mode,
    home: workshop.host.home,
    records: createWorkRecords(workshop.database.open),
    inspect: inspectContent(workshop),
  });
}

export function inspectContent({ trees, blobs }: Pick<Workshop, 'trees' | 'blobs'>): Inspect {
  return async (result) => {
    const { layers = [] } = result;
    for (const blob of neededBlobs(result)) {
      const state = await blobs.verify(blob);
      if (state !== 'whole') return { why: state, what: blob };
    }
    for (const { diffId } of layers) {
      if (!(await trees.find(diffId))) return { why: 'missing', what: diffId };
    }
    return 'whole';
  };
}
