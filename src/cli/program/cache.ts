import { addRecipeOptions, type RecipeFlags, recipeOptions } from './options.ts';
import type { Frame } from './types.ts';

export function addCacheCommands({ program, cli, run }: Frame): void {
  program.commandsGroup('Cache');
  const cache = program
    .command('cache')
    .description('look at what was made before and can be used again')
    .helpCommand(false);

  addRecipeOptions(cache.command('why'))
    .description('say whether a build would do a step again, and why')
    .argument('<recipe>', 'a .yaml, .json or .ts file, or a folder with a recipe')
    .argument('<step>', 'component/nginx, or nginx; files; output/oci; the name of a test')
    .option('--json', 'print JSON, with all that the key is made of', false)
    .action((recipe: string, step: string, flags: RecipeFlags & { json: boolean }) =>
      run(async () => {
        const { cacheWhy } = await import('../commands/cache-why.ts');
        return cacheWhy({ ...recipeOptions(recipe, flags), step, json: flags.json }, cli);
      }),
    );
}
