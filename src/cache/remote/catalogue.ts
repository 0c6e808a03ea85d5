import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../model/digest.ts';
import { canonicalJson, sha256 } from '../../support/canonical.ts';
import { writeAtomically } from '../../support/files.ts';
import { readLimited } from '../../support/outbound.ts';
import { isPassing } from '../../support/registry/session.ts';
import { withRetries } from '../../support/retry.ts';
import { neededBlobs } from '../needed-blobs.ts';
import { type CacheManifest, configType, manifestType, readManifest, refused } from './manifest.ts';
import { parseRecord, recordsSchema } from './record-schema.ts';
import type { BlobName, Catalogue, Place, SharedRecord } from './types.ts';

/** Of the list of records; what is written stays below it. */
export const configLimit = 16 * 2 ** 20;

export interface ReadOptions {
  /** A file that keeps the list of records: it is fetched again only where it is another one. */
  readonly keptAt: string;
  readonly signal?: AbortSignal | undefined;
}

export function keptListPath(home: string, { name }: Place): string {
  return join(home, 'cache', 'remote', sha256(name).slice('sha256:'.length));
}

/**
 * What a place has: two requests, one where its list is still the same. Undefined where nobody wrote to it yet. Throws
 * `REMOTE_CACHE_FAILED`, and what asking the place throws.
 */
export async function readCatalogue(place: Place, options: ReadOptions): Promise<Catalogue | undefined> {
  const bytes = await place.manifest(options.signal);
  return bytes && readRecords(place, readManifest(bytes, place.name), options);
}

/** Of what a manifest lists. */
export async function readRecords(
  place: Place,
  { config, layers }: CacheManifest,
  options: ReadOptions,
): Promise<Catalogue> {
  const list = parseList(await readList(place, config, options), place.name);
  const sizes = new Map(layers.map(({ digest, size }) => [digest, size]));
  const records = list
    .map(parseRecord)
    .filter((record) => record !== undefined)
    .filter((record) => isListed(record, sizes));
  return { records, sizes, refused: list.length - records.length };
}

async function readList(place: Place, config: BlobName, { keptAt, signal }: ReadOptions): Promise<Buffer> {
  const kept = await readFile(keptAt).catch(() => undefined);
  if (kept && sha256(kept) === config.digest) return kept;
  if (config.size > configLimit)
    throw refused(place.name, `its list of records is larger than ${configLimit} bytes`);
  const read = async () => readLimited(await place.blob(config, signal), configLimit, place.name);
  const list = await withRetries(read, { isWorthRetrying: isPassing, attempts: 3, signal });
  await writeAtomically(keptAt, list);
  return list;
}

function parseList(list: Buffer, name: string): readonly unknown[] {
  try {
    return recordsSchema.parse(JSON.parse(list.toString())).records;
  } catch (error) {
    throw refused(name, 'its list of records cannot be read', error);
  }
}

/** Whether the manifest has all content of a record, in the size that the record states. */
function isListed({ result }: SharedRecord, sizes: ReadonlyMap<Digest, number>): boolean {
  return (
    neededBlobs(result).every((blob) => sizes.has(blob)) &&
    (result.layers ?? []).every(({ blob, size }) => sizes.get(blob) === size) &&
    (result.archives ?? []).every(({ digest, size }) => sizes.get(digest) === size)
  );
}

export interface WrittenCatalogue {
  readonly list: Buffer;
  readonly manifest: Buffer;
}

/** Equal records give equal bytes. `sizes` has every blob that they need. */
export function formCatalogue(
  records: readonly SharedRecord[],
  sizes: ReadonlyMap<Digest, number>,
): WrittenCatalogue {
  const list = Buffer.from(canonicalJson({ schema: 1, records }));
  const types = new Map(
    records.flatMap(({ result }) =>
      (result.layers ?? []).map(({ blob, compression }) => [blob, `${layerType}+${compression}`] as const),
    ),
  );
  const blobs = [...new Set(records.flatMap(({ result }) => neededBlobs(result)))].sort();
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, digest: sha256(list), size: list.length },
    layers: blobs.map((digest) => ({
      mediaType: types.get(digest) ?? 'application/octet-stream',
      digest,
      size: sizes.get(digest),
    })),
  };
  return { list, manifest: Buffer.from(canonicalJson(manifest)) };
}

const layerType = 'application/vnd.oci.image.layer.v1.tar';
