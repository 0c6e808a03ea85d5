import type { Digest } from '../../model/digest.ts';
import { sha256 } from '../../support/canonical.ts';
import { toGildError } from '../../support/errors.ts';
import { neededBlobs } from '../needed-blobs.ts';
import type { WorkRecord } from '../types.ts';
import { type ReadOptions, readRecords } from './catalogue.ts';
import { readManifest } from './manifest.ts';
import { mergeRecords, preferred } from './merge.ts';
import { publish, type SentContent, sendBlobs } from './send.ts';
import type { Signer } from './signature.ts';
import type { Catalogue, Place, SharedRecord } from './types.ts';
import { vouch } from './vouch.ts';

export interface ExportOptions extends ReadOptions {
  readonly place: Place;
  /** Their content is on this host. */
  readonly records: readonly WorkRecord[];
  readonly blobs: SentContent;
  /** Sent again, whatever the place says it has. */
  readonly distrusted?: ReadonlySet<Digest>;
  /** Vouches for those that were made here. */
  readonly signer?: Signer | undefined;
  /** Records that the place may have. */
  readonly limit?: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface Exported {
  /** That the place has now. */
  readonly records: number;
  readonly sentBlobs: number;
  readonly sentBytes: number;
}

/**
 * Adds records to a place: blobs first, the manifest last, so that whoever reads finds it whole at any time. What another
 * host wrote meanwhile is merged too; in the moment that is left, the last writer wins, and the other's records come
 * again with its next build. Nothing is written where nothing is new.
 */
export async function exportRecords(given: ExportOptions): Promise<Exported> {
  const options = { ...given, records: given.records.map((record) => vouch(record, given.signer)) };
  const { place, records, blobs, distrusted, signal, limit, now } = options;
  return place.alone(async () => {
    const sent = new Map<Digest, number>();
    for (let attempt = 1; ; attempt++) {
      const before = await place.manifest(signal).catch(unlessDamaged);
      const there = await readThere(before, options);
      if (isKnown(there, options)) return told(there.records.length, sent);
      const merged = mergeRecords(there.records, records, { now, ...(limit && { limit }) });
      const transfer = { place, blobs, sizes: await sizesOf(merged, there, blobs), signal };
      const wanted = newBlobs(merged, there, options).filter((blob) => !sent.has(blob));
      for (const [blob, size] of await sendBlobs(wanted, transfer, distrusted)) sent.set(blob, size);
      const after = await place.manifest(signal).catch(unlessDamaged);
      if (attempt < mostAttempts && idOf(after) !== idOf(before)) continue;
      return told(await publish(merged, transfer), sent);
    }
  }, signal);
}

const mostAttempts = 3;

const empty: Catalogue = { records: [], sizes: new Map(), refused: 0 };

/** A list that is damaged is written anew; what is no cache at all stays. Throws `REMOTE_CACHE_FAILED`. */
async function readThere(manifest: Buffer | undefined, options: ExportOptions): Promise<Catalogue> {
  if (!manifest) return empty;
  const parsed = readManifest(manifest, options.place.name);
  try {
    return await readRecords(options.place, parsed, options);
  } catch (thrown) {
    options.signal?.throwIfAborted();
    if (toGildError(thrown).code === 'BASE_UNREACHABLE') throw thrown;
    return empty;
  }
}

function unlessDamaged(thrown: unknown): undefined {
  if (toGildError(thrown).code !== 'DOWNLOAD_REFUSED') throw thrown;
}

function idOf(manifest: Buffer | undefined): string {
  return manifest ? sha256(manifest) : '';
}

/** A place hears once a day that a record is still used. */
const newsMs = 24 * 60 * 60 * 1000;

function isKnown({ records: there }: Catalogue, { records, distrusted, now }: ExportOptions): boolean {
  const byKey = new Map(there.map((record) => [record.key, record]));
  return records.every((record) => {
    const known = byKey.get(record.key);
    if (!known || preferred(known, record) !== known || now - Date.parse(known.usedAt) > newsMs) return false;
    return !neededBlobs(record.result).some((blob) => distrusted?.has(blob));
  });
}

async function sizesOf(
  records: readonly SharedRecord[],
  there: Catalogue,
  blobs: SentContent,
): Promise<Map<Digest, number>> {
  const sizes = new Map(there.sizes);
  for (const blob of records.flatMap(({ result }) => neededBlobs(result)))
    if (!sizes.has(blob)) sizes.set(blob, await blobs.size(blob));
  return sizes;
}

/** That records of this host need, and the place does not list. */
function newBlobs(
  merged: readonly SharedRecord[],
  there: Catalogue,
  { records, distrusted }: ExportOptions,
): readonly Digest[] {
  const mine = new Set(records.map(({ key }) => key));
  const needed = merged.filter(({ key }) => mine.has(key)).flatMap(({ result }) => neededBlobs(result));
  return [...new Set(needed)].filter((blob) => !there.sizes.has(blob) || distrusted?.has(blob));
}

function told(records: number, sent: ReadonlyMap<Digest, number>): Exported {
  const sentBytes = [...sent.values()].reduce((sum, bytes) => sum + bytes, 0);
  return { records, sentBlobs: sent.size, sentBytes };
}
