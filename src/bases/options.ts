import type { BaseSpec } from '../model/buildspec.ts';
import { GildError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';

export type BaseOptions = Readonly<Record<string, unknown>>;

/** The recipe's words about a base are wrong: what, and what to write instead. */
export function invalid(message: string, hint?: string): GildError {
  return new GildError({ code: 'RECIPE_INVALID', message, ...(hint === undefined ? {} : { hint }) });
}

/** What a lock file says of this base makes no sense. */
export function invalidPin({ reference }: BaseSpec): GildError {
  return new GildError({
    code: 'LOCK_INVALID',
    message: `What the lock file says of the base ${reference} cannot be.`,
    hint: 'Lock it again: `gild lock --update base`.',
  });
}

/** It was there when it was locked. */
export function movedOn({ reference }: BaseSpec, what: string): GildError {
  return new GildError({
    code: 'BASE_UNREACHABLE',
    message: `The base ${reference} is not to be had any more as it was locked: ${what}.`,
    hint: 'Take what there is now: `gild lock --update base`.',
  });
}

/** Refuses options that this kind of base does not have. */
export function onlyKnown(options: BaseOptions, known: readonly string[], kind: string): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const meant = nearest(name, known);
    const all = known.length > 0 ? `It has: ${known.join(', ')}.` : 'It has none.';
    throw invalid(
      `A ${kind} base has no option "${name}".`,
      meant === undefined ? all : `Did you mean "${meant}"? ${all}`,
    );
  }
}
