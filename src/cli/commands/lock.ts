import { relative } from 'node:path';
import type { LockOptions } from '../../build/lock/lock-recipe.ts';
import type { Cli } from '../types.ts';

export type LockCommandOptions = LockOptions & { readonly json: boolean };

/** Writes the lock file of a recipe and says what changed in it. */
export async function lock(options: LockCommandOptions, cli: Cli): Promise<undefined> {
  const { lockRecipe } = await import('../../build/lock/lock-recipe.ts');
  const { path, before, changes, file } = await lockRecipe(options, { signal: cli.signal });
  const shown = relative(process.cwd(), path);
  if (options.json) cli.print(JSON.stringify({ path, made: !before, changes, lock: file }, undefined, 2));
  else if (!before) cli.print(`${shown} is made.`);
  else if (changes.length === 0) cli.print(`${shown} is up to date.`);
  else cli.print([`${shown}:`, ...changes.map((line) => `  ${line}`)].join('\n'));
}
