import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../model/digest.ts';
import type { Layer } from '../model/tree.ts';
import { readCheckedJson, writeCheckedJson } from '../support/checked-json.ts';
import { withFileLock } from '../support/lock.ts';
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
  const path = keptPath(context.host.home, base);
  const kept = await lookUp(path, context);
  if (kept) return kept;
  return withFileLock(
    path.replace(/json$/, 'lock'),
    async () => {
      const meanwhile = await lookUp(path, context);
      if (meanwhile) return meanwhile;
      const layer = await make();
      await writeCheckedJson(path, { diffId: layer.diffId });
      return layer;
    },
    context.signal,
  );
}

/** A layer that was made for a base and waits for the next build, whether an image has it or not. */
export interface KeptBase {
  readonly base: Digest;
  readonly diffId: Digest;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
}

export async function keptBases(home: string): Promise<KeptBase[]> {
  const folder = join(home, 'bases');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  const read = names.map(async (name) => {
    const path = join(folder, name);
    const diffId = await readDiffId(path);
    const base: Digest = `sha256:${name.slice(0, -'.json'.length)}`;
    return diffId && { base, diffId, madeAt: (await stat(path)).mtimeMs };
  });
  return (await Promise.all(read)).filter((kept) => kept !== undefined);
}

/** The next build that wants this base makes its layer again. */
export async function forgetBase(home: string, base: Digest): Promise<void> {
  await rm(keptPath(home, base), { force: true });
}

function keptPath(home: string, base: Digest): string {
  return join(home, 'bases', `${base.slice('sha256:'.length)}.json`);
}

async function lookUp(path: string, { trees }: BaseContext): Promise<Layer | undefined> {
  const diffId = await readDiffId(path);
  return diffId && trees.find(diffId);
}

async function readDiffId(path: string): Promise<Digest | undefined> {
  return (await readCheckedJson<Pick<Layer, 'diffId'>>(path))?.diffId;
}
