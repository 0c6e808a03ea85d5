import { defaultLimits } from '../../cache/space.ts';
import { addRecipeOptions, type RecipeFlags, recipeOptions } from './options.ts';
import type { Frame } from './types.ts';

interface GcFlags {
  readonly max?: string;
  readonly reserved?: string;
  readonly keepFree?: string;
  readonly dryRun: boolean;
  readonly json: boolean;
}

export function addCacheCommands({ program, cli, run }: Frame): void {
  program.commandsGroup('Cache');
  const cache = program
    .command('cache')
    .description('look at what was made before and can be used again, and make room')
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
  cache
    .command('du')
    .description('say what the store holds: bases, steps, outputs, test results, downloads')
    .option('--json', 'print JSON', false)
    .action((flags: { json: boolean }) =>
      run(async () => {
        const { cacheDu } = await import('../commands/cache-du.ts');
        return cacheDu(flags, cli);
      }),
    );

  cache
    .command('verify')
    .description('read all that the store holds, and put aside what is damaged')
    .option('--json', 'print JSON', false)
    .action((flags: { json: boolean }) =>
      run(async () => {
        const { cacheVerify } = await import('../commands/cache-verify.ts');
        return cacheVerify(flags, cli);
      }),
    );

  cache
    .command('prune')
    .description('drop what was not used for some time')
    .option('--older-than <duration>', 'for how long: 12h, 7d, 2w', '30d')
    .option('--all', 'all that no image needs, however new', false)
    .option('--dry-run', 'only say what would be dropped', false)
    .option('--json', 'print JSON', false)
    .action((flags: { olderThan: string; all: boolean; dryRun: boolean; json: boolean }) =>
      run(async () => {
        const { cachePrune } = await import('../commands/cache-collect.ts');
        return cachePrune(flags, cli);
      }),
    );

  cache
    .command('gc')
    .description('bring the store within its limits, as is done after builds')
    .option('--max <size>', `how large it may be; GILD_CACHE_MAX, else ${defaultLimits.max}`)
    .option(
      '--reserved <size>',
      `what it may keep in any case; GILD_CACHE_RESERVED, else ${defaultLimits.reserved}`,
    )
    .option(
      '--keep-free <size>',
      `what is to be free on its disk; GILD_CACHE_KEEP_FREE, else ${defaultLimits.keepFree}`,
    )
    .option('--dry-run', 'only say what would be dropped', false)
    .option('--json', 'print JSON', false)
    .action(({ dryRun, json, ...given }: GcFlags) =>
      run(async () => {
        const { cacheGc } = await import('../commands/cache-collect.ts');
        return cacheGc({ given, dryRun, json }, cli);
      }),
    );
}
