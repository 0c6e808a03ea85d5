import { keptLayers } from '../bases/kept.ts';
import type { Digest } from '../model/digest.ts';
import type { Layer } from '../model/tree.ts';
import type { TreeStore } from '../trees/types.ts';
import { keptScenes } from './kept-scenes.ts';
import type { Workshop } from './workshop.ts';

/** What stays although no image has it: bases for the next build, and what failed runs kept for `gild shell`. */
export async function layersForLater({
  host,
  trees,
}: Pick<Workshop, 'host' | 'trees'>): Promise<{ readonly diffIds: readonly Digest[] }> {
  const [bases, scenes] = await Promise.all([keptLayers(host.home), keptScenes(host.home)]);
  const whole = await Promise.all(scenes.map(async (scene) => ((await isWhole(scene, trees)) ? scene : [])));
  return { diffIds: [...bases, ...whole.flat().map((layer) => layer.diffId)] };
}

/** Whether every layer is still there. */
export async function isWhole(scene: readonly Layer[], trees: TreeStore): Promise<boolean> {
  const found = await Promise.all(scene.map((layer) => trees.find(layer.diffId)));
  return !found.includes(undefined);
}
