import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../model/digest.ts';
import type { Layer } from '../model/tree.ts';
import { writeAtomically } from '../support/files.ts';
import { withFileLock } from '../support/lock.ts';
import { isDigest } from '../support/registry/reference.ts';
import type { BaseContext } from './types.ts';

/**
 * The layer that was made for this base before, or the one that `make` makes now. Two processes that want the
 * same base do the work once: the second waits and finds it. Remembered in `bases/<digest>.json` of the home.
 */
export async function keptLayer(
  base: Digest,
  context: BaseContext,
  make: () => Promise<Layer>,
): Promise<Layer> {
  const path = join(context.host.home, 'bases', `${base.slice('sha256:'.length)}.json`);
  const kept = await lookUp(path, context);
  if (kept) return kept;
  return withFileLock(
    path.replace(/json$/, 'lock'),
    async () => {
      const meanwhile = await lookUp(path, context);
      if (meanwhile) return meanwhile;
      const layer = await make();
      await writeAtomically(path, `${JSON.stringify({ diffId: layer.diffId })}\n`);
      return layer;
    },
    context.signal,
  );
}

/** Layers that were made for bases and wait for the next build, whether an image has them or not. */
export async function keptLayers(home: string): Promise<Digest[]> {
  const folder = join(home, 'bases');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  const read = names.map(async (name) => readDiffId(await readFile(join(folder, name), 'utf8')));
  return (await Promise.all(read)).filter((diffId) => diffId !== undefined);
}

async function lookUp(path: string, { trees }: BaseContext): Promise<Layer | undefined> {
  const diffId = readDiffId(await readFile(path, 'utf8').catch(() => ''));
  return diffId && trees.find(diffId);
}

function readDiffId(text: string): Digest | undefined {
  try {
    const { diffId } = JSON.parse(text) as { diffId?: unknown };
    return isDigest(diffId) ? diffId : undefined;
  } catch {
    return undefined;
  }
}
