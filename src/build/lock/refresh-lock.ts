import type { Digest } from '../../model/digest.ts';
import type { LockedDownload } from '../../model/lock.ts';
import { planBuild } from '../../plan/plan.ts';
import { type LockFile, lockFilePath, readLockFile, writeLockFile } from '../../resolve/lock-file.ts';
import { digestOf } from '../../support/canonical.ts';
import { GildError } from '../../support/errors.ts';
import { readRecipe } from '../read-recipe.ts';
import type { Hooks, RecipeOptions } from '../types.ts';
import { openWorkshop } from '../workshop.ts';
import { resolveLocked } from './locked.ts';
import { type Outdated, outdatedRecipe } from './outdated.ts';

export interface Refreshed {
  readonly outdated: Outdated;
  /** A build would come to something else than the newest image. */
  readonly mustBuild: boolean;
}

/**
 * Moves the lock file of a recipe to what is newer outside, where that matters to its newest image: a new base, new
 * versions of components, and a token for each component that installed or fetched what is outdated now. Throws `LOCK_MISFIT` if there
 * is no lock file.
 */
export async function refreshLock(
  options: RecipeOptions,
  { signal }: Pick<Hooks, 'signal'>,
): Promise<Refreshed> {
  const workshop = openWorkshop();
  try {
    workshop.disposer.add(await workshop.records.useContent(signal));
    const { spec } = await readRecipe(options);
    const path = lockFilePath(spec.source.file);
    const before = await readLockFile(path);
    if (!before) throw unlocked(path);
    const outdated = await outdatedRecipe(spec, workshop, signal);
    const { lock, file, changes } = await resolveLocked(spec, workshop, {
      signal,
      warn: () => undefined,
      forget: (known) => withoutOutdated(known, outdated),
    });
    const image = await workshop.records.find(spec.name, 'latest');
    const mustBuild = !image || planBuild(spec, lock, image.version).id !== image.planId;
    if (mustBuild && changes.length > 0) await writeLockFile(path, file);
    return { outdated, mustBuild };
  } finally {
    await workshop.close();
  }
}

function withoutOutdated({ base, components, ...rest }: LockFile, outdated: Outdated): LockFile {
  const ofBase = outdated.base !== undefined || outdated.packages.some(({ use }) => use === undefined);
  return {
    ...rest,
    ...(base && !ofBase && { base }),
    components: components.map(({ version, digest, fresh, downloads, ...entry }) => {
      const moved = outdated.components.some(({ use }) => use === entry.use);
      const token = tokenOf(entry.use, outdated) ?? fresh;
      return {
        ...entry,
        ...(!moved && { ...(version && { version }), ...(digest && { digest }) }),
        ...(token && { fresh: token }),
        ...(downloads && { downloads: downloads.filter((known) => !isOutdated(known, outdated)) }),
      };
    }),
  };
}

/** What is known to be the same, or of which nobody can tell, is still held to its digest. */
function isOutdated({ source }: LockedDownload, { downloads }: Outdated): boolean {
  return downloads.some(({ locked }) => locked.source === source);
}

/** The same for the same that is newer: a step that does not come to it is not run again and again. */
export function tokenOf(
  wanted: string,
  { packages, downloads }: Pick<Outdated, 'packages' | 'downloads'>,
): Digest | undefined {
  const newer = packages.filter(({ use }) => use === wanted);
  const others = downloads.filter(({ use }) => use === wanted);
  if (newer.length + others.length === 0) return undefined;
  return digestOf('gild.fresh', [
    ...newer.map(({ name, architecture, newest }) => `${name} ${newest} ${architecture}`),
    ...others.map(({ locked: { source }, newest }) => ({ source, ...newest })),
  ]);
}

function unlocked(path: string): GildError {
  return new GildError({
    code: 'LOCK_MISFIT',
    message: `There is no lock file ${path}, so nobody knows what the newest image was made from.`,
    hint: 'Make it with `gild lock`, and build once.',
  });
}
