import { type ComponentFinder, createComponentFinder } from '../component/finder.ts';
import type { ComponentSpec } from '../model/buildspec.ts';
import { loadRecipe } from '../recipe/load.ts';
import { GildError, toGildError } from '../support/errors.ts';
import { componentFolders, componentReader } from './components.ts';
import { withBoot } from './disk/bootable.ts';
import { recipeKinds } from './kinds.ts';
import type { RecipeOptions, ValidRecipe } from './types.ts';

/** Reads a recipe alone. Throws `RECIPE_NOT_FOUND`, `RECIPE_INVALID`. */
export async function readRecipe({ recipe, vars, varFiles }: RecipeOptions): Promise<ValidRecipe> {
  const valid = await loadRecipe(recipe, { kinds: recipeKinds, vars, varFiles, env: process.env });
  return { ...valid, spec: withBoot(valid.spec) };
}

/** Reads a recipe and its components, without the network. Throws one error with every problem. */
export async function validateRecipe(options: RecipeOptions): Promise<ValidRecipe> {
  const valid = await readRecipe(options);
  const remarks: GildError[] = [];
  const problems: GildError[] = [];
  const finder = createComponentFinder({
    folders: componentFolders(valid.spec.source.directory, process.env),
  });
  const read = componentReader(valid.spec, (remark) => remarks.push(remark));
  for (const component of valid.spec.components) {
    try {
      await read(component);
    } catch (thrown) {
      const error = toGildError(thrown);
      if (await mayAppearLater(error, component, finder)) remarks.push(error);
      else problems.push(...(error.problems.length > 0 ? error.problems : [error]));
    }
  }
  if (problems.length === 0) return { ...valid, warnings: [...valid.warnings, ...remarks] };
  const message = `${options.recipe} has ${problems.length} problems.`;
  throw new GildError({ code: 'RECIPE_INVALID', message, problems });
}

/** A recipe is right even where the library that it names a component of is not at hand; a misspelling is not. */
async function mayAppearLater(
  error: GildError,
  { use }: ComponentSpec,
  finder: ComponentFinder,
): Promise<boolean> {
  return error.code === 'COMPONENT_NOT_FOUND' && use.kind === 'named' && !(await finder.knows(use.name));
}
