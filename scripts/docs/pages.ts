import { recipeKinds } from '../../src/build/kinds.ts';
import { recipeJsonSchema } from '../../src/recipe/json-schema.ts';
import { recipeReference } from '../../src/recipe/reference.ts';
import { actionsPage } from './actions.ts';
import { commandsPage } from './commands.ts';
import { componentsPage } from './components.ts';
import { errorsPage } from './errors.ts';
import { leftOutPage } from './left-out.ts';
import { lintPage } from './lint.ts';

/** Every file of `docs/reference/` by its name: made from the code alone, alike on every machine. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['actions.md', actionsPage()],
    ['commands.md', commandsPage()],
    ['components.md', await componentsPage()],
    ['errors.md', errorsPage()],
    ['left-out.md', leftOutPage()],
    ['lint.md', lintPage()],
    ['recipe.md', recipeReference(recipeKinds)],
    ['recipe.schema.json', `${JSON.stringify(recipeJsonSchema(recipeKinds), undefined, 2)}\n`],
  ]);
}
