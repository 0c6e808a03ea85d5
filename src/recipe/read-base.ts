import type { BaseSpec } from '../model/buildspec.ts';
import { GildError } from '../support/errors.ts';
import type { RecipeKinds } from './kinds.ts';
import type { Problems } from './problems.ts';
import { type Source, valueAt } from './source.ts';

/** Has the registered bases read the recipe's base; their objections become problems of the recipe. */
export function readBase(
  source: Source,
  data: unknown,
  context: { readonly kinds: RecipeKinds; readonly directory: string; readonly problems: Problems },
): BaseSpec | undefined {
  const { kinds, directory, problems } = context;
  const written = valueAt(data, ['base']) ?? 'debian:bookworm';
  if (problems.silenced(['base'])) return undefined;
  const { from, ...options } =
    typeof written === 'object' ? (written as Record<string, unknown>) : { from: written };
  if (typeof from !== 'string' || from === '' || Array.isArray(written)) return undefined;
  try {
    return kinds.parseBase(from, directory, options);
  } catch (error) {
    if (!(error instanceof GildError)) throw error;
    const option = Object.keys(options).find((name) => error.message.includes(`"${name}"`));
    const path = typeof written === 'object' ? ['base', option ?? 'from'] : ['base'];
    problems.add(source, {
      path,
      part: option ? 'key' : 'value',
      message: error.message,
      hint: error.hint,
      code: error.code,
    });
    return undefined;
  }
}
