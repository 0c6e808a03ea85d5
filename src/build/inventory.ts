import { keptBases } from '../bases/kept.ts';
import type { Entry, Part } from '../cache/eviction.ts';
import { createWorkRecords, type ListedWork } from '../cache/records.ts';
import type { Digest } from '../model/digest.ts';
import { listKeptFiles } from './cache/kept-files.ts';
import { keptScenes } from './cache/kept-scenes.ts';
import type { Workshop } from './workshop.ts';

export type StockKind = 'bases' | 'steps' | 'outputs' | 'tests' | 'downloads' | 'facts' | 'kept';

/** Something in the store that waits for later. */
export interface Stock extends Entry {
  readonly kind: StockKind;
  readonly name: string;
  /** What it is on record as. */
  readonly record:
    | { readonly work: Digest }
    | { readonly base: Digest }
    | { readonly files: readonly string[] }
    | { readonly scene: string };
  readonly diffIds: readonly Digest[];
  readonly blobs: readonly Digest[];
  /** Something that it needs is gone, so that nothing can use it. */
  readonly broken: boolean;
}

export interface Inventory {
  readonly stocks: readonly Stock[];
  /** Parts that images on record need. */
  readonly pinned: ReadonlySet<string>;
  /** All parts that there are, also those that nothing needs. */
  readonly parts: ReadonlyMap<string, Part>;
}

/** Without opening anything: layers count as their tar, where they are unpacked, and their blobs. */
export async function takeInventory(workshop: Workshop): Promise<Inventory> {
  const { host, trees, database, records } = workshop;
  const [content, work, bases, scenes, images] = await Promise.all([
    contentOf(workshop),
    createWorkRecords(database.open).list(),
    keptBases(host.home),
    keptScenes(host.home, trees),
    records.content(),
  ]);
  const needs = (needed: Pick<Stock, 'diffIds' | 'blobs'>) => content.partsOf(needed);
  const ofWork = work.map((row): Stock => {
    const { key, kind, name, image, ...rest } = row;
    return {
      ...rest,
      ...needs(row),
      id: key,
      kind: kinds[kind],
      name: `${image} ${name}`,
      record: { work: key },
    };
  });
  const ofBases = bases.map(({ base, diffId, madeAt }): Stock => {
    const users = work.filter((row) => row.kind === 'base' && row.diffIds.includes(diffId));
    const needed = { diffIds: [diffId], blobs: [] };
    return {
      ...needed,
      ...needs(needed),
      id: `base ${base}`,
      kind: 'bases',
      name: users[0]?.name ?? base,
      record: { base },
      usedAt: Math.max(madeAt, ...users.map(({ usedAt }) => usedAt)),
      uses: Math.max(0, ...users.map(({ uses }) => uses)),
      seconds: Math.max(0, ...users.map(({ seconds }) => seconds)),
    };
  });
  const ofScenes = scenes.map(({ runId, layers, keptAt }): Stock => {
    const needed = { diffIds: layers.map(({ diffId }) => diffId), blobs: [] };
    const facts = { kind: 'kept', name: runId, usedAt: keptAt, uses: 0, seconds: neverAgain } as const;
    return { ...facts, ...needed, ...needs(needed), id: `run ${runId}`, record: { scene: runId } };
  });
  const files = await listKeptFiles(host.home);
  const parts = new Map(content.parts);
  for (const part of files.flatMap((file) => file.parts)) parts.set(part.id, part);
  return {
    stocks: [...ofWork, ...ofBases, ...ofScenes, ...files],
    pinned: new Set(needs(images).parts.map(({ id }) => id)),
    parts,
  };
}

/** A failure may not come back. */
const neverAgain = Number.POSITIVE_INFINITY;

const kinds = {
  base: 'bases',
  files: 'steps',
  component: 'steps',
  output: 'outputs',
  test: 'tests',
  packages: 'tests',
  archives: 'downloads',
} as const satisfies Record<ListedWork['kind'], StockKind>;

/** What is in the folders of blobs and layers. */
async function contentOf({ blobs, trees }: Workshop) {
  const parts = new Map<string, Part>();
  const layers = new Map((await trees.list()).map((layer) => [layer.diffId, layer] as const));
  for (const digest of await blobs.list()) parts.set(digest, { id: digest, bytes: await blobs.size(digest) });
  for (const { diffId, folderBytes } of layers.values())
    parts.set(layerPart(diffId), { id: layerPart(diffId), bytes: folderBytes });
  const partsOf = (needed: Pick<Stock, 'diffIds' | 'blobs'>) => {
    const ids = [
      ...needed.blobs,
      ...needed.diffIds.flatMap((diffId) => [layerPart(diffId), ...(layers.get(diffId)?.blobs ?? [])]),
    ];
    const found = [...new Set(ids)].map((id) => parts.get(id));
    const whole = found.filter((part) => part !== undefined);
    return { parts: whole, broken: whole.length < found.length };
  };
  return { parts, partsOf };
}

function layerPart(diffId: Digest): string {
  return `layer ${diffId}`;
}
