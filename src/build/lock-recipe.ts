import { type LockFile, writeLockFile } from '../resolve/lock-file.ts';
import { GildError } from '../support/errors.ts';
import { type Locked, resolveLocked } from './locked.ts';
import { readRecipe } from './read-recipe.ts';
import type { Hooks, RecipeOptions } from './types.ts';
import { openWorkshop } from './workshop.ts';

export interface LockOptions extends RecipeOptions {
  /** `base`, `components`, or names of components; nothing is looked up again when absent, all when empty. */
  readonly update?: readonly string[] | undefined;
}

/** Makes the lock file of a recipe, adds what it lacks, or looks things up again; builds nothing. */
export async function lockRecipe(options: LockOptions, { signal }: Pick<Hooks, 'signal'>): Promise<Locked> {
  const workshop = openWorkshop();
  try {
    const { spec } = await readRecipe(options);
    const locked = await resolveLocked(spec, workshop, {
      signal,
      warn: () => undefined,
      forget: (file) => (options.update ? forget(file, options.update) : file),
    });
    if (!locked.before || locked.changes.length > 0) await writeLockFile(locked.path, locked.file);
    return locked;
  } finally {
    await workshop.close();
  }
}

/** Throws `USAGE` for what is not in the file. */
function forget(file: LockFile, what: readonly string[]): LockFile {
  const all = what.length === 0;
  const names = new Set(file.components.map(({ use }) => nameOf(use)));
  const unknown = what.find((name) => name !== 'base' && name !== 'components' && !names.has(name));
  if (unknown !== undefined) {
    throw new GildError({
      code: 'USAGE',
      message: `The lock file has no \`${unknown}\` to update.`,
      hint: `It has ${['base', 'components', ...names].join(', ')}.`,
    });
  }
  const { base, components, ...rest } = file;
  return {
    ...rest,
    ...(base && !all && !what.includes('base') && { base }),
    components: components.map(({ version, digest, ...entry }) => {
      const again = all || what.includes('components') || what.includes(nameOf(entry.use));
      return again ? entry : { ...entry, ...(version && { version }), ...(digest && { digest }) };
    }),
  };
}

function nameOf(use: string): string {
  return use.replace(/@[^@]*$/, '');
}
