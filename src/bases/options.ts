import { GildError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';

export type BaseOptions = Readonly<Record<string, unknown>>;

/** The recipe's words about a base are wrong: what, and what to write instead. */
export function invalid(message: string, hint?: string): GildError {
  return new GildError({ code: 'RECIPE_INVALID', message, ...(hint === undefined ? {} : { hint }) });
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
