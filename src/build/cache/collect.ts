import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { forgetBase } from '../../bases/kept.ts';
import { chooseVictims, freedBy } from '../../cache/eviction.ts';
import { createWorkRecords } from '../../cache/records.ts';
import { defaultLimits, excess, type SpaceTexts, spaceLimits } from '../../cache/space.ts';
import type { Collected } from '../../images/types.ts';
import { diskSpace } from '../../support/space.ts';
import { type Inventory, type Stock, takeInventory } from '../inventory.ts';
import { openWorkshop, type Workshop } from '../workshop.ts';
import { forgetOldLists } from './kept-files.ts';

export interface CacheCollected extends Collected {
  /** Blobs, folders of layers, downloads. */
  readonly bytes: number;
  /** What the cache no longer has. */
  readonly dropped: readonly Pick<Stock, 'kind' | 'name' | 'usedAt'>[];
}

/** Names what of an inventory is to go. */
export type Choose = (inventory: Inventory) => readonly Stock[] | Promise<readonly Stock[]>;

/**
 * Drops what was chosen, and removes all content that nothing on record needs any more: alone with the store, or not at
 * all. Files without a record go first, then records, layers and blobs: whatever kills this half-way, no record names what
 * is gone.
 */
export async function collectCache(workshop: Workshop, choose: Choose): Promise<CacheCollected> {
  const { home } = workshop.host;
  let dropped: readonly Stock[] = [];
  let bytes = 0;
  const collected = await workshop.records.collectGarbage({
    layers: workshop.trees,
    keep: async () => {
      const inventory = await takeInventory(workshop);
      dropped = await withBroken(inventory, choose);
      const kept = inventory.stocks.filter((stock) => !dropped.includes(stock));
      bytes = freedBy(dropped, { ...inventory, others: kept }) + leftOverBytes(inventory);
      // What is no record first: where the disk is full, the database can only be written after that.
      await removeLeftFiles(home);
      await forgetOldLists(home);
      for (const { record } of dropped) {
        if ('base' in record) await forgetBase(home, record.base);
        if ('files' in record) for (const file of record.files) await rm(file, { force: true });
      }
      await createWorkRecords(workshop.database.open).remove(
        dropped.flatMap(({ record }) => ('work' in record ? [record.work] : [])),
      );
      await workshop.trees.removeDamaged();
      return {
        diffIds: kept.flatMap(({ diffIds }) => diffIds),
        blobs: kept.flatMap(({ blobs }) => blobs),
      };
    },
  });
  return { ...collected, bytes, dropped: dropped.map(({ kind, name, usedAt }) => ({ kind, name, usedAt })) };
}

/** What `collectCache` would do, with nothing changed. */
export async function foreseeCollection(
  workshop: Workshop,
  choose: Choose,
): Promise<{ readonly bytes: number; readonly dropped: readonly Stock[] }> {
  const inventory = await takeInventory(workshop);
  const dropped = await withBroken(inventory, choose);
  const others = inventory.stocks.filter((stock) => !dropped.includes(stock));
  return { dropped, bytes: freedBy(dropped, { ...inventory, others }) + leftOverBytes(inventory) };
}

async function withBroken(inventory: Inventory, choose: Choose): Promise<readonly Stock[]> {
  const broken = inventory.stocks.filter((stock) => stock.broken);
  return [...new Set([...broken, ...(await choose(inventory))])];
}

/** All but what costs nothing because images have it. */
export const chooseAll: Choose = ({ stocks, pinned }) =>
  stocks.filter(({ parts }) => parts.length === 0 || !parts.every(({ id }) => pinned.has(id)));

export const chooseNone: Choose = () => [];

/** `then` is milliseconds since 1970. */
export function chooseUnusedSince(then: number): Choose {
  return ({ stocks }) => stocks.filter(({ usedAt }) => usedAt < then);
}

/** What is worth least, until the store keeps within its limits. */
export function chooseExcess(home: string, settings: SpaceSettings): Choose {
  return async (inventory) => {
    const disk = await diskSpace(home);
    const limits = spaceLimits(settings.texts, disk, settings.names);
    const broken = inventory.stocks.filter((stock) => stock.broken);
    const whole = inventory.stocks.filter((stock) => !stock.broken);
    const dead = leftOverBytes(inventory) + freedBy(broken, { ...inventory, others: whole });
    const bytes = excess(usedBytes(inventory), disk, limits) - dead;
    return chooseVictims(whole, { pinned: inventory.pinned, bytes });
  };
}

export interface SpaceSettings {
  readonly texts: SpaceTexts;
  /** How people set each. */
  readonly names: SpaceTexts;
}

/** As given, else from the environment: `GILD_CACHE_MAX` and the like. */
export function spaceSettings(env: NodeJS.ProcessEnv, given: Partial<SpaceTexts> = {}): SpaceSettings {
  const setting = (limit: keyof SpaceTexts, flag: string, variable: string) => {
    const text = given[limit];
    return text === undefined
      ? { text: env[variable] ?? defaultLimits[limit], name: variable }
      : { text, name: flag };
  };
  const reserved = setting('reserved', '--reserved', 'GILD_CACHE_RESERVED');
  const max = setting('max', '--max', 'GILD_CACHE_MAX');
  const keepFree = setting('keepFree', '--keep-free', 'GILD_CACHE_KEEP_FREE');
  return {
    texts: { reserved: reserved.text, max: max.text, keepFree: keepFree.text },
    names: { reserved: reserved.name, max: max.name, keepFree: keepFree.name },
  };
}

/** After a build: looks at the disk, and only where that is fuller than the store may be, at the store. */
export async function collectIfNeeded(): Promise<CacheCollected | undefined> {
  const workshop = openWorkshop();
  try {
    const { home } = workshop.host;
    const settings = spaceSettings(process.env);
    const disk = await diskSpace(home);
    const limits = spaceLimits(settings.texts, disk, settings.names);
    if (excess(disk.used, disk, limits) === 0) return undefined;
    const choose = chooseExcess(home, settings);
    const { dropped } = await foreseeCollection(workshop, choose);
    return dropped.length === 0 ? undefined : await collectCache(workshop, choose);
  } finally {
    await workshop.close();
  }
}

export function usedBytes({ parts }: Inventory): number {
  return [...parts.values()].reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Of what neither an image nor anything else needs: killed runs leave it. */
export function leftOverBytes({ stocks, pinned, parts }: Inventory): number {
  const held = new Set(stocks.flatMap((stock) => stock.parts.map(({ id }) => id)));
  return [...parts.values()]
    .filter(({ id }) => !held.has(id) && !pinned.has(id))
    .reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Nobody holds a lock while nobody uses the store, and nobody reads what was put aside. */
async function removeLeftFiles(home: string): Promise<void> {
  for (const folder of ['locks', 'bases']) {
    const names = await readdir(join(home, folder)).catch(() => []);
    for (const name of names) if (name.endsWith('.lock')) await rm(join(home, folder, name), { force: true });
  }
  await rm(join(home, 'blobs', 'damaged'), { recursive: true, force: true });
}
