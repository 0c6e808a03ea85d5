import { parseBase } from '../bases/index.ts';
import { checks } from '../checks/index.ts';
import { actions } from '../component/actions/index.ts';
import { outputs } from '../outputs/index.ts';
import { platforms } from '../platforms/index.ts';
import type { RecipeKinds } from '../recipe/kinds.ts';

/** What recipes can name, from the registries. */
export const recipeKinds: RecipeKinds = {
  parseBase,
  outputs,
  checks,
  platforms: Object.keys(platforms),
  actions: Object.keys(actions),
};
