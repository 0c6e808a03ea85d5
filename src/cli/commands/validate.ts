import { validateRecipe } from '../../build/read-recipe.ts';
import type { RecipeOptions } from '../../build/types.ts';
import { toGildError } from '../../support/errors.ts';
import { type Checked, reportChecked } from '../checked.ts';
import type { Cli } from '../types.ts';

export interface ValidateOptions {
  readonly recipes: readonly RecipeOptions[];
  readonly json: boolean;
}

/** Checks recipes and their components and prints every problem of every one; exits 2 if there is any. */
export async function validate(options: ValidateOptions, cli: Cli): Promise<number> {
  const checked: Checked[] = [];
  for (const recipe of options.recipes) checked.push(await check(recipe));
  return reportChecked(checked, { what: 'recipe', json: options.json }, cli);
}

async function check(options: RecipeOptions): Promise<Checked> {
  const file = options.recipe;
  try {
    const { warnings } = await validateRecipe(options);
    return { file, problems: [], warnings };
  } catch (thrown) {
    const error = toGildError(thrown);
    if (error.kind !== 'user') throw error;
    return { file, problems: error.problems.length > 0 ? error.problems : [error], warnings: [] };
  }
}
