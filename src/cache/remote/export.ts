import { Readable } from 'node:stream';
import type { Digest } from '../../model/digest.ts';
import type { BlobStore } from '../../store/types.ts';
import { sha256 } from '../../support/canonical.ts';
import { toGildError } from '../../support/errors.ts';
import { inOrder } from '../../support/in-order.ts';
import { neededBlobs } from '../needed-blobs.ts';
import type { WorkRecord } from '../types.ts';
import { type ReadOptions, readRecords, type WrittenCatalogue } from './catalogue.ts';
import { readManifest } from './manifest.ts';
import { formWithin, mergeRecords } from './merge.ts';
import type { BlobName, Catalogue, Place, SharedRecord } from './types.ts';

export interface ExportOptions extends ReadOptions {
  readonly place: Place;
  /** Their content is on this host. */
  readonly records: readonly WorkRecord[];
  readonly blobs: BlobStore;
  /** Sent again, whatever the place says it has. */
  readonly distrusted?: ReadonlySet<Digest>;
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
export async function exportRecords(options: ExportOptions): Promise<Exported> {
  const { place, records, signal, limit, now } = options;
  return place.alone(async () => {
    const sent = new Map<Digest, number>();
    for (let attempt = 1; ; attempt++) {
      const before = await place.manifest(signal).catch(unlessDamaged);
      const there = await readThere(before, options);
      if (isKnown(there, options)) return told(there.records.length, sent);
      const merged = mergeRecords(there.records, records, { now, ...(limit && { limit }) });
      const sizes = await sizesOf(merged, there, options.blobs);
      await sendContent(merged, { there, sizes, sent }, options);
      const after = await place.manifest(signal).catch(unlessDamaged);
      if (attempt < mostAttempts && idOf(after) !== idOf(before)) continue;
      return told(await publish(merged, sizes, options), sent);
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
  return records.every(({ key, createdAt, result }) => {
    const known = byKey.get(key);
    if (!known || known.createdAt < createdAt || now - Date.parse(known.usedAt) > newsMs) return false;
    return !neededBlobs(result).some((blob) => distrusted?.has(blob));
  });
}

async function sizesOf(
  records: readonly SharedRecord[],
  there: Catalogue,
  blobs: BlobStore,
): Promise<Map<Digest, number>> {
  const sizes = new Map(there.sizes);
  for (const blob of records.flatMap(({ result }) => neededBlobs(result)))
    if (!sizes.has(blob)) sizes.set(blob, await blobs.size(blob));
  return sizes;
}

interface Sending {
  readonly there: Catalogue;
  readonly sizes: ReadonlyMap<Digest, number>;
  /** What this export sent so far, and its bytes. */
  readonly sent: Map<Digest, number>;
}

/** Only what the place does not list, and has not. */
async function sendContent(
  merged: readonly SharedRecord[],
  { there, sizes, sent }: Sending,
  { place, records, blobs, distrusted, signal }: ExportOptions,
): Promise<void> {
  const mine = new Set(records.map(({ key }) => key));
  const needed = merged.filter(({ key }) => mine.has(key)).flatMap(({ result }) => neededBlobs(result));
  const wanted = [...new Set(needed)].filter(
    (blob) => !sent.has(blob) && (!there.sizes.has(blob) || distrusted?.has(blob)),
  );
  const sending = inOrder(wanted, atOnce, async (digest) => {
    const blob = { digest, size: sizes.get(digest) ?? 0 };
    if (!distrusted?.has(digest) && (await place.has(blob, signal))) return;
    await place.send({ ...blob, open: () => blobs.open(digest) }, signal);
    sent.set(digest, blob.size);
  });
  for await (const _done of sending);
}

const atOnce = 4;

/** Returns how many records the place has then. What it lost, and is not here either, it goes without. */
async function publish(
  records: readonly SharedRecord[],
  sizes: ReadonlyMap<Digest, number>,
  { place, blobs, signal }: ExportOptions,
): Promise<number> {
  const formed = formWithin(records, sizes);
  try {
    await publishFormed(formed, place, signal);
    return formed.records.length;
  } catch (thrown) {
    signal?.throwIfAborted();
    const lost = await lostBlobs(formed.records, sizes, place);
    if (lost.size === 0) throw thrown;
    for (const digest of lost) {
      if ((await blobs.verify(digest)) !== 'whole') continue;
      await place.send({ digest, size: sizes.get(digest) ?? 0, open: () => blobs.open(digest) }, signal);
      lost.delete(digest);
    }
    const left = formed.records.filter(({ result }) => !neededBlobs(result).some((blob) => lost.has(blob)));
    await publishFormed(formWithin(left, sizes), place, signal);
    return left.length;
  }
}

async function publishFormed(
  { list, manifest }: WrittenCatalogue,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<void> {
  const blob = { digest: sha256(list), size: list.length };
  await place.send({ ...blob, open: () => Readable.from([list]) }, signal);
  await place.publish(manifest, signal);
}

async function lostBlobs(
  records: readonly SharedRecord[],
  sizes: ReadonlyMap<Digest, number>,
  place: Place,
): Promise<Set<Digest>> {
  const lost = new Set<Digest>();
  const blobs = new Set(records.flatMap(({ result }) => neededBlobs(result)));
  const names = [...blobs].map((digest): BlobName => ({ digest, size: sizes.get(digest) ?? 0 }));
  const asked = inOrder(names, atOnce, async (name) => {
    if (!(await place.has(name))) lost.add(name.digest);
  });
  for await (const _done of asked);
  return lost;
}

function told(records: number, sent: ReadonlyMap<Digest, number>): Exported {
  const sentBytes = [...sent.values()].reduce((sum, bytes) => sum + bytes, 0);
  return { records, sentBlobs: sent.size, sentBytes };
}
