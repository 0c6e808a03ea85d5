import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layer } from '../model/tree.ts';
import { writeAtomically } from '../support/files.ts';

/** Remembers the state of a failed step beside the log of its run. */
export async function keepScene(home: string, runId: string, layers: readonly Layer[]): Promise<void> {
  await writeAtomically(scenePath(home, runId), JSON.stringify(layers));
}

/** What `--on-error=keep` kept of a run, if it did. */
export async function keptScene(home: string, runId: string): Promise<readonly Layer[] | undefined> {
  try {
    return JSON.parse(await readFile(scenePath(home, runId), 'utf8')) as Layer[];
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** All that was kept of any run. */
export async function keptScenes(home: string): Promise<(readonly Layer[])[]> {
  const runs = await readdir(join(home, 'runs')).catch(() => []);
  const scenes = await Promise.all(runs.map((run) => keptScene(home, run)));
  return scenes.filter((scene) => scene !== undefined);
}

function scenePath(home: string, runId: string): string {
  return join(home, 'runs', runId, 'kept.json');
}
