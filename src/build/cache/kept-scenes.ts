import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layer } from '../../model/tree.ts';
import { readCheckedJson, writeCheckedJson } from '../../support/checked-json.ts';
import type { TreeStore } from '../../trees/types.ts';

/** Remembers the state of a failed step beside the log of its run. */
export async function keepScene(home: string, runId: string, layers: readonly Layer[]): Promise<void> {
  await writeCheckedJson(scenePath(home, runId), layers);
}

/** What `--on-error=keep` kept of a run, if it did. */
export async function keptScene(home: string, runId: string): Promise<readonly Layer[] | undefined> {
  return readCheckedJson<Layer[]>(scenePath(home, runId));
}

export interface KeptScene {
  readonly runId: string;
  readonly layers: readonly Layer[];
  /** Milliseconds since 1970. */
  readonly keptAt: number;
}

/** All that was kept of any run, and is still there. */
export async function keptScenes(home: string, trees: Pick<TreeStore, 'find'>): Promise<KeptScene[]> {
  const runs = await readdir(join(home, 'runs')).catch(() => []);
  const scenes = await Promise.all(
    runs.map(async (runId) => {
      const layers = await keptScene(home, runId);
      if (!layers || !(await isWhole(layers, trees))) return undefined;
      return { runId, layers, keptAt: (await stat(scenePath(home, runId))).mtimeMs };
    }),
  );
  return scenes.filter((scene) => scene !== undefined);
}

/** Whether every layer is still there. */
export async function isWhole(scene: readonly Layer[], trees: Pick<TreeStore, 'find'>): Promise<boolean> {
  const found = await Promise.all(scene.map((layer) => trees.find(layer.diffId)));
  return !found.includes(undefined);
}

function scenePath(home: string, runId: string): string {
  return join(home, 'runs', runId, 'kept.json');
}
