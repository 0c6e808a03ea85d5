import { createReadStream } from 'node:fs';
import { keyOf } from '../../cache/key.ts';
import type { SentContent } from '../../cache/remote/send.ts';
import type { PackageArchive, StepCache, WorkRecord } from '../../cache/types.ts';
import type { Digest } from '../../model/digest.ts';
import type { Layer } from '../../model/tree.ts';
import type { BlobStore } from '../../store/types.ts';
import { debName } from '../../support/packages/deb-name.ts';
import { archivesWork } from '../work.ts';
import type { Workshop } from '../workshop.ts';
import { installedBy, type StepTrees } from './installed.ts';
import { createPackageStore, type KeptPackage } from './package-store.ts';
import { systemOf } from './system-of.ts';

export interface SharedPackages {
  /** One for each step that has installed packages whose files are kept here. */
  readonly records: readonly WorkRecord[];
  readonly content: SentContent;
}

/**
 * What the steps of an image have installed, as far as its files are kept on this host. A package belongs to the first
 * step whose layer has it. `layers` are the image's, `records` the run's.
 */
export async function sharedPackages(
  layers: readonly Layer[],
  records: readonly WorkRecord[],
  scope: { readonly workshop: Workshop; readonly cache: StepCache; readonly image: string },
): Promise<SharedPackages> {
  const { workshop, image } = scope;
  const system = await systemOf({ layers }, workshop);
  if (!system) return { records: [], content: workshop.blobs };
  const kept = await createPackageStore(workshop.host).list(system);
  const left = new Map(kept.map((item) => [item.file, item]));
  const found: WorkRecord[] = [];
  for (const { record, trees } of componentsIn(layers, records)) {
    if (left.size === 0) break;
    const { packages } = await installedBy(trees, scope);
    const mine = packages.map(debName).flatMap((file) => left.get(file) ?? []);
    for (const { file } of mine) left.delete(file);
    if (mine.length === 0) continue;
    const key = keyOf(archivesWork(record.name, image, system));
    found.push({ ...asRecord(mine, record), key, image });
  }
  return { records: found, content: besides(workshop.blobs, kept) };
}

interface PlacedRecord {
  readonly record: WorkRecord;
  readonly trees: StepTrees;
}

/** From the lowest layer up. */
function componentsIn(layers: readonly Layer[], records: readonly WorkRecord[]): readonly PlacedRecord[] {
  const heights = new Map(layers.map(({ diffId }, height) => [diffId, height]));
  const heightOf = ({ result }: WorkRecord) => heights.get(result.layers?.[0]?.diffId as Digest) ?? -1;
  return records
    .filter((record) => record.kind === 'component' && heightOf(record) >= 0)
    .sort((a, b) => heightOf(a) - heightOf(b))
    .map((record) => {
      const { layers: own = [], unpacked } = record.result;
      const [below, above] = [heightOf(record), heightOf(record) + own.length];
      const trees = { before: { layers: layers.slice(0, below) }, after: { layers: layers.slice(0, above) } };
      return { record, trees: { ...trees, unpacked } };
    });
}

/** As old as its newest file: the same files are no news. */
function asRecord(
  mine: readonly KeptPackage[],
  { name, runId }: WorkRecord,
): Omit<WorkRecord, 'key' | 'image'> {
  const newest = Math.max(...mine.map(({ modified }) => modified));
  const archives = mine.map(
    ({ file, sha256, size }): PackageArchive => ({ file, digest: `sha256:${sha256}`, size }),
  );
  const createdAt = new Date(newest * 1000).toISOString();
  return { kind: 'archives', name, runId, createdAt, seconds: 0, preimage: {}, result: { archives } };
}

/** Those files, and all else from the store. */
function besides(blobs: BlobStore, kept: readonly KeptPackage[]): SentContent {
  const files = new Map<Digest, KeptPackage>(kept.map((item) => [`sha256:${item.sha256}`, item]));
  return {
    size: async (digest) => files.get(digest)?.size ?? blobs.size(digest),
    open: (digest) => {
      const file = files.get(digest);
      return file ? createReadStream(file.path) : blobs.open(digest);
    },
    verify: async (digest) => (files.has(digest) ? 'whole' : blobs.verify(digest)),
  };
}
