import { keptLayers } from '../bases/kept.ts';
import { createWorkRecords } from '../cache/records.ts';
import type { Digest } from '../model/digest.ts';
import type { Layer } from '../model/tree.ts';
import type { TreeStore } from '../trees/types.ts';
import { keptScenes } from './kept-scenes.ts';
import type { Workshop } from './workshop.ts';

/** What stays although no image has it: bases and cached work for the next build, and what failed runs kept for `gild shell`. */
export async function contentForLater({
  host,
  trees,
  database,
}: Pick<Workshop, 'host' | 'trees' | 'database'>): Promise<{
  readonly diffIds: readonly Digest[];
  readonly blobs: readonly Digest[];
}> {
  const work = createWorkRecords(database.open).content();
  const [bases, scenes, cached] = await Promise.all([keptLayers(host.home), keptScenes(host.home), work]);
  const whole = await Promise.all(scenes.map(async (scene) => ((await isWhole(scene, trees)) ? scene : [])));
  const diffIds = [...bases, ...whole.flat().map((layer) => layer.diffId), ...cached.diffIds];
  return { diffIds, blobs: cached.blobs };
}

/** Whether every layer is still there. */
export async function isWhole(scene: readonly Layer[], trees: TreeStore): Promise<boolean> {
  const found = await Promise.all(scene.map((layer) => trees.find(layer.diffId)));
  return !found.includes(undefined);
}
