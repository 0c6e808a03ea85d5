import type { Digest } from '../../model/digest.ts';
import type { Emit } from '../../model/events.ts';
import type { Layer } from '../../model/tree.ts';
import { inOrder } from '../../support/in-order.ts';
import { keyOf, redactedPreimage } from '../key.ts';
import { nearestOf, type WorkRecords } from '../records.ts';
import type { Elsewhere, Work, WorkRecord } from '../types.ts';
import { type Content, fetchBlob, fetchLayer, layerHere } from './fetch.ts';
import { fetchArchives, type Laying } from './fetch-archives.ts';
import { LayersLost } from './layers-lost.ts';
import type { CacheSource } from './reference.ts';
import { openShelf, type Shelf, type ShelfOptions } from './shelf.ts';
import type { SharedRecord } from './types.ts';

export interface RemoteSourceOptions extends ShelfOptions {
  /** The first that has something is asked for it. */
  readonly sources: readonly CacheSource[];
  readonly content: Content;
  readonly records: WorkRecords;
  /** Name of the image that this run makes. */
  readonly image: string;
  readonly emit: Emit;
  readonly redact: (text: string) => string;
}

/** What other hosts made. */
export interface RemoteSource extends Elsewhere {
  /** Whether some of the layers are still elsewhere. */
  awaits(layers: readonly Layer[]): boolean;
  /**
   * Brings in those of the layers that are still elsewhere. Throws `LayersLost` where one cannot be had: the steps that
   * promised it are offered no longer, so going through all steps again comes further.
   */
  need(layers: readonly Layer[], step: string): Promise<void>;
  /** Fetches the package files of a record, but for those that are known. What cannot be had is left out, with a warning. */
  layArchives(work: Work, laying: Laying): Promise<void>;
  /** Blobs that were not to be had as they should be. */
  readonly distrusted: ReadonlySet<Digest>;
}

/** A layer that is elsewhere, and the records that wait for it. */
interface Awaited {
  readonly shelf: Shelf;
  readonly layer: Layer;
  readonly records: WorkRecord[];
}

export function createRemoteSource(options: RemoteSourceOptions): RemoteSource {
  const { content, records, emit, signal } = options;
  const shelves = options.sources.map((source) => openShelf(source, options));
  const awaited = new Map<Digest, Awaited>();
  const broken = new Set<WorkRecord>();
  const distrusted = new Set<Digest>();

  return {
    distrusted,
    find: async (work) => {
      const key = keyOf(work);
      for (const shelf of shelves) {
        const shared = await shelf.find(key);
        if (shared?.kind !== work.kind) continue;
        const record = asOwn(shared, work, shelf);
        return { record, take: () => take(record, work, shelf) };
      }
      return undefined;
    },
    nearest: async (work, preimage) => {
      const shared = await Promise.all(shelves.map((shelf) => shelf.all()));
      return nearestOf(shared.flat(), work, preimage);
    },
    awaits: (layers) => layers.some(({ diffId }) => awaited.has(diffId)),
    layArchives: async (work, laying) => {
      for (const shelf of shelves) {
        const archives = (await shelf.find(keyOf(work)))?.result.archives;
        if (!archives) continue;
        const lost = await fetchArchives(archives, laying, { shelf, note: noteTo(work.name), signal });
        for (const { digest } of lost) distrusted.add(digest);
        if (lost[0]) shelf.complain(lost[0].why);
        return;
      }
    },
    need: async (layers, step) => {
      const lost = await arrive(layers, step);
      if (lost === 0) return;
      throw new LayersLost(lost);
    },
  };

  /** What it is called and was made of is known here, and is not believed. */
  function asOwn({ usedAt: _usedAt, ...record }: SharedRecord, work: Work, { place }: Shelf): WorkRecord {
    const preimage = redactedPreimage(work, options.redact);
    return { ...record, name: work.name, image: options.image, preimage, origin: place.name };
  }

  async function take(record: WorkRecord, work: Work, shelf: Shelf): Promise<WorkRecord | undefined> {
    const { layers, artifact } = record.result;
    if (artifact && !(await fetchAll(artifact.blobs, record, shelf))) return undefined;
    if (!layers) {
      await records.put(record);
      return record;
    }
    const own = await promise(record, layers, shelf);
    const lost = work.deferred ? 0 : await arrive(own.result.layers ?? [], work.name);
    return lost === 0 ? own : undefined;
  }

  async function fetchAll(blobs: readonly Digest[], record: WorkRecord, shelf: Shelf): Promise<boolean> {
    const fetching = { shelf, content, note: noteTo(record.name), signal };
    const fetched = inOrder(new Set(blobs), atOnce, async (blob) => {
      try {
        await fetchBlob(blob, fetching);
        return true;
      } catch (thrown) {
        giveUp(blob, [record], shelf, thrown);
        return false;
      }
    });
    let isWhole = true;
    for await (const isHere of fetched) isWhole &&= isHere;
    return isWhole;
  }

  /** What is here is taken from here; the rest is awaited, and the record with it. */
  async function promise(record: WorkRecord, layers: readonly Layer[], shelf: Shelf): Promise<WorkRecord> {
    const here = await Promise.all(layers.map((layer) => layerHere(layer, content)));
    const arranged = layers.map((layer, index) => here[index] ?? layer);
    const own = { ...record, result: { ...record.result, layers: arranged } };
    const missing = layers.filter((_layer, index) => !here[index]);
    for (const layer of missing) {
      const others = awaited.get(layer.diffId)?.records ?? [];
      awaited.set(layer.diffId, { shelf, layer, records: [...others, own] });
    }
    if (missing.length === 0) await records.put(own);
    return own;
  }

  /** Returns how many did not. */
  async function arrive(layers: readonly Layer[], step: string): Promise<number> {
    const wanted = [...new Set(layers.map(({ diffId }) => diffId))].flatMap((id) => awaited.get(id) ?? []);
    const settled = inOrder(wanted, atOnce, async (one) => ({ ...one, isHere: await settle(one, step) }));
    let lost = 0;
    for await (const { layer, records: waiting, isHere } of settled) {
      awaited.delete(layer.diffId);
      if (!isHere) lost++;
      for (const record of waiting) {
        if (!isHere) broken.add(record);
        else if (isComplete(record)) await records.put(record);
      }
    }
    return lost;
  }

  async function settle({ shelf, layer, records: waiting }: Awaited, step: string): Promise<boolean> {
    try {
      await fetchLayer(layer, { shelf, content, note: noteTo(step), signal });
      return true;
    } catch (thrown) {
      giveUp(layer.blob, waiting, shelf, thrown);
      return false;
    }
  }

  function isComplete(record: WorkRecord): boolean {
    const { layers = [] } = record.result;
    return !broken.has(record) && !layers.some(({ diffId }) => awaited.has(diffId));
  }

  /** Gives up on a blob, and on the records that need it. */
  function giveUp(blob: Digest, waiting: readonly WorkRecord[], shelf: Shelf, why: unknown): void {
    distrusted.add(blob);
    for (const { key } of waiting) shelf.withdraw(key);
    shelf.complain(why);
  }

  function noteTo(step: string): (line: string) => void {
    return (line) => emit({ type: 'step.output', step, stream: 'note', lines: [line] });
  }
}

const atOnce = 4;
