import type { Digest } from '../../model/digest.ts';
import { manifestLimit } from '../../support/registry/client.ts';
import type { WorkRecord } from '../types.ts';
import { configLimit, formCatalogue, type WrittenCatalogue } from './catalogue.ts';
import { standingOf } from './signature.ts';
import type { SharedRecord } from './types.ts';

/** More than fifty builds of twenty steps. */
export const mostRecords = 1000;

export interface MergeOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly limit?: number;
}

/**
 * What a place is to have: of two records of the same work the preferred one, and of all together those that were used
 * last. `mine` were used now.
 */
export function mergeRecords(
  theirs: readonly SharedRecord[],
  mine: readonly WorkRecord[],
  { now, limit = mostRecords }: MergeOptions,
): readonly SharedRecord[] {
  const usedAt = new Date(now).toISOString();
  const merged = new Map(theirs.map((record) => [record.key, record]));
  for (const { origin: _origin, ...record } of mine)
    merged.set(record.key, { ...preferred(merged.get(record.key), record), usedAt });
  return [...merged.values()].sort(lastUsedFirst).slice(0, limit);
}

/** A record that somebody vouches for, else the newer one, else the one that is there. */
export function preferred(there: WorkRecord | undefined, mine: WorkRecord): WorkRecord {
  if (!there) return mine;
  const isThereSigned = standingOf(there) === 'signed';
  if (isThereSigned !== (standingOf(mine) === 'signed')) return isThereSigned ? there : mine;
  return there.createdAt >= mine.createdAt ? there : mine;
}

/** As many as fit into what may be read again. */
export function formWithin(
  records: readonly SharedRecord[],
  sizes: ReadonlyMap<Digest, number>,
): WrittenCatalogue & { readonly records: readonly SharedRecord[] } {
  for (let kept = records; ; kept = kept.slice(0, Math.floor(kept.length * 0.9))) {
    const formed = formCatalogue(kept, sizes);
    if (formed.list.length <= configLimit && formed.manifest.length <= manifestLimit)
      return { ...formed, records: kept };
  }
}

function lastUsedFirst(a: SharedRecord, b: SharedRecord): number {
  const order = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0);
  return order(b.usedAt, a.usedAt) || order(b.createdAt, a.createdAt) || order(a.key, b.key);
}
