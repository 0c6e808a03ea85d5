import {
  type ComponentEntry,
  type LockFile,
  lockFilePath,
  readLockFile,
  writeLockFile,
} from '../../resolve/lock-file.ts';
import { digestOf } from '../../support/canonical.ts';
import { GildError } from '../../support/errors.ts';
import { readRecipe } from '../read-recipe.ts';
import type { Hooks, RecipeOptions } from '../types.ts';
import { openWorkshop } from '../workshop.ts';
import { type Locked, resolveLocked } from './locked.ts';
import { type OutdatedPackage, outdatedPackages } from './outdated.ts';
import { tokenOf } from './refresh-lock.ts';

export interface LockOptions extends RecipeOptions {
  /**
   * `base`, `components`, `downloads`, `packages`, or names of components; nothing is looked up again when absent, all when
   * empty.
   */
  readonly update?: readonly string[] | undefined;
}

/** Makes the lock file of a recipe, adds what it lacks, or looks things up again; builds nothing. */
export async function lockRecipe(options: LockOptions, { signal }: Pick<Hooks, 'signal'>): Promise<Locked> {
  const workshop = openWorkshop();
  try {
    const { spec } = await readRecipe(options);
    const { update } = options;
    const file = await readLockFile(lockFilePath(spec.source.file));
    const newer =
      file && update && isAsked('packages', update)
        ? await outdatedPackages(spec.name, workshop, { signal, file })
        : [];
    const locked = await resolveLocked(spec, workshop, {
      signal,
      warn: () => undefined,
      forget: (known) => (update ? withNewer(forget(known, update), newer) : known),
    });
    if (!locked.before || locked.changes.length > 0) await writeLockFile(locked.path, locked.file);
    return locked;
  } finally {
    await workshop.close();
  }
}

function isAsked(what: string, update: readonly string[]): boolean {
  return update.length === 0 || update.includes(what);
}

/** Components that installed what is outdated now run again. */
function withNewer(file: LockFile, packages: readonly OutdatedPackage[]): LockFile {
  const components = file.components.map((entry) => {
    const fresh = tokenOf(entry.use, { packages, downloads: [] });
    return fresh ? { ...entry, fresh } : entry;
  });
  return { ...file, components };
}

/** Throws `USAGE` for what is not in the file. */
function forget(file: LockFile, what: readonly string[]): LockFile {
  const all = what.length === 0;
  const names = new Set([...kinds, ...file.components.map(({ use }) => nameOf(use))]);
  const unknown = what.find((name) => !names.has(name));
  if (unknown !== undefined) {
    throw new GildError({
      code: 'USAGE',
      message: `The lock file has no \`${unknown}\` to update.`,
      hint: `It has ${[...names].join(', ')}.`,
    });
  }
  const { base, components, ...rest } = file;
  return {
    ...rest,
    ...(base && !all && !what.includes('base') && { base }),
    components: components.map((entry) => {
      const named = all || what.includes(nameOf(entry.use));
      const { version, digest, ...rest } = forgetting(entry, {
        downloads: named || what.includes('downloads'),
        packages: isAsked('packages', what),
      });
      if (named || what.includes('components')) return rest;
      return { ...rest, ...(version && { version }), ...(digest && { digest }) };
    }),
  };
}

const kinds = ['base', 'components', 'downloads', 'packages'];

function forgetting(
  entry: ComponentEntry,
  { downloads, packages }: { readonly downloads: boolean; readonly packages: boolean },
): ComponentEntry {
  const { complete, held, ...free } = downloads ? withoutDownloads(entry) : entry;
  if (packages) return free;
  return { ...free, ...(complete && { complete }), ...(held === false && { held }) };
}

/** The step runs again, and takes what there is then. */
function withoutDownloads({ downloads = [], ...entry }: ComponentEntry): ComponentEntry {
  if (downloads.length === 0) return entry;
  return { ...entry, fresh: digestOf('gild.fresh', { before: entry.fresh ?? null, downloads }) };
}

function nameOf(use: string): string {
  return use.replace(/@[^@]*$/, '');
}
