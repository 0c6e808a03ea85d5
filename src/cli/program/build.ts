import type { OnError } from '../../build/types.ts';
import type { CacheMode } from '../../cache/types.ts';
import type { ProgressMode } from '../types.ts';
import { addRecipeOptions, choice, collect, count, type RecipeFlags, recipeOptions } from './options.ts';
import type { Frame } from './types.ts';

interface BuildFlags extends RecipeFlags {
  readonly jobs: number;
  readonly progress: ProgressMode;
  readonly onError: OnError;
  readonly debug: boolean;
  readonly cache: boolean;
  readonly from?: string;
  readonly retest: boolean;
  readonly frozen: boolean;
  readonly ifOutdated: boolean;
  readonly explain: boolean;
  readonly output?: string;
  readonly junit?: string;
  readonly report?: string;
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
  readonly cacheSignKey?: string;
  readonly cacheTrust?: string;
}

interface OutdatedFlags extends RecipeFlags {
  readonly json: boolean;
  readonly exitCode: boolean;
}

type PlanFlags = RecipeFlags & { json: boolean } & Pick<BuildFlags, 'cacheFrom' | 'cacheTrust'>;

interface LockFlags extends RecipeFlags {
  readonly update?: true | string[];
  readonly json: boolean;
}

const trustHelp =
  'use only what is signed by one of the public keys in this file (PEM; also GILD_CACHE_TRUST)';

export function addBuildCommands({ program, cli, run }: Frame): void {
  program.commandsGroup('Build');

  addRecipeOptions(program.command('build'))
    .description('build, test and record the image of a recipe, or those of several')
    .argument('<recipe...>', '.yaml, .json or .ts files, or folders with a recipe')
    .option('-j, --jobs <number>', 'of several recipes, how many are built at the same time', count, 2)
    .option('-o, --output <folder>', 'export the artifacts to this folder')
    .addOption(choice('--progress <how>', 'how to show the run', ['auto', 'tty', 'plain', 'json']))
    .addOption(
      choice('--on-error <what>', 'what to do with the machine of a failed step', [
        'cleanup',
        'keep',
        'ask',
        'shell',
      ]),
    )
    .option('--debug', 'pause after every step', false)
    .option('--no-cache', 'make everything anew, whatever was made before')
    .option('--from <step>', 'make this step and all after it anew: component/nginx, or nginx')
    .option(
      '--cache-from <place>',
      'use what other hosts shared: ghcr.io/me/cache, ./folder (repeatable; also GILD_CACHE_FROM)',
      collect,
      [],
    )
    .option(
      '--cache-to <place[,mode=max]>',
      'share what this build used and made (repeatable; also GILD_CACHE_TO)',
      collect,
      [],
    )
    .option(
      '--cache-sign-key <file>',
      'sign what is shared with this private key (ed25519, PEM; also GILD_CACHE_SIGN_KEY)',
    )
    .option('--cache-trust <file>', trustHelp)
    .option('--frozen', 'do not look up anything: gild.lock has to be there and to fit', false)
    .option(
      '--if-outdated',
      'only if something outside or in the recipe is newer than the newest image',
      false,
    )
    .option('--retest', 'run all tests, also those that this content has passed', false)
    .option('--explain', 'say of every step that runs why nothing made before would do', false)
    .option('--junit <file>', 'write the test results as JUnit XML')
    .option('--report <file>', 'write the run, its artifacts and test results as JSON')
    .action((recipes: string[], flags: BuildFlags) =>
      run(async () => {
        const { progress, onError, debug, explain, frozen, ifOutdated, output, junit, report } = flags;
        const options = { progress, onError, debug, explain, frozen, ifOutdated, output, junit, report };
        const builds = recipes.map((recipe) => ({
          ...recipeOptions(recipe, flags),
          ...options,
          cache: cacheMode(flags),
          cacheFrom: flags.cacheFrom,
          cacheTo: flags.cacheTo,
          cacheSignKey: flags.cacheSignKey,
          cacheTrust: flags.cacheTrust,
        }));
        const [only, another] = builds;
        if (only && !another) return (await import('../commands/build.ts')).build(only, cli);
        const { buildSeveral } = await import('../commands/build-several.ts');
        return buildSeveral({ builds, jobs: flags.jobs }, cli);
      }),
    );

  addRecipeOptions(program.command('lock'))
    .description('write down what a recipe means today: gild.lock, for later builds and other hosts')
    .argument('<recipe>', 'a .yaml, .json or .ts file, or a folder with a recipe')
    .option(
      '--update [what...]',
      'look up again: base, components, downloads, packages, a component by its name, or all',
    )
    .option('--json', 'print JSON', false)
    .action((recipe: string, { update, json, ...flags }: LockFlags) =>
      run(async () => {
        const { lock } = await import('../commands/lock.ts');
        const again = update === true ? [] : update;
        return lock({ ...recipeOptions(recipe, flags), update: again, json }, cli);
      }),
    );

  addRecipeOptions(program.command('outdated'))
    .description('say what is newer outside: packages, base, components; nothing is built')
    .argument('<recipe or image>', 'a recipe, whose newest image is looked at, or the name of an image')
    .option('--exit-code', 'exit 1 if something is newer', false)
    .option('--json', 'print JSON', false)
    .action((target: string, { json, exitCode, ...flags }: OutdatedFlags) =>
      run(async () => {
        const { outdated } = await import('../commands/outdated.ts');
        const { vars, varFiles } = recipeOptions(target, flags);
        return outdated({ target, vars, varFiles, json, exitCode }, cli);
      }),
    );

  addRecipeOptions(program.command('plan'))
    .description('print what a build would do, without doing it')
    .argument('<recipe>', 'a .yaml, .json or .ts file, or a folder with a recipe')
    .option(
      '--cache-from <place>',
      'look also at what other hosts shared (repeatable; also GILD_CACHE_FROM)',
      collect,
      [],
    )
    .option('--cache-trust <file>', trustHelp)
    .option('--json', 'print the whole plan as JSON', false)
    .action((recipe: string, flags: PlanFlags) =>
      run(async () => {
        const { plan } = await import('../commands/plan.ts');
        const { json, cacheFrom, cacheTrust } = flags;
        return plan({ ...recipeOptions(recipe, flags), json, cacheFrom, cacheTrust }, cli);
      }),
    );

  addRecipeOptions(program.command('validate'))
    .description('check recipes and list every problem')
    .argument('<recipe...>', 'files or folders')
    .option('--json', 'print the problems as JSON', false)
    .action((recipes: string[], flags: RecipeFlags & { json: boolean }) =>
      run(async () => {
        const { validate } = await import('../commands/validate.ts');
        return validate(
          { recipes: recipes.map((recipe) => recipeOptions(recipe, flags)), json: flags.json },
          cli,
        );
      }),
    );

  program
    .command('schema')
    .description('print the JSON Schema of recipes, for editors')
    .action(() =>
      run(async () => {
        const { schema } = await import('../commands/schema.ts');
        return schema({}, cli);
      }),
    );
}

function cacheMode({ cache, from, retest }: BuildFlags): CacheMode {
  const anew = cache ? from && { from } : 'all';
  return { retest: retest || !cache, ...(anew && { anew }) };
}
