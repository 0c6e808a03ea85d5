import type { NetworkMode } from '../../model/buildspec.ts';
import type { LogsOptions, RmOptions } from '../types.ts';
import { addRecipeOptions, choice, collect, imageNames, type RecipeFlags, recipeOptions } from './options.ts';
import type { Frame } from './types.ts';

interface JsonFlag {
  readonly json: boolean;
}

interface ShellFlags extends RecipeFlags {
  readonly network: NetworkMode;
  readonly before?: string;
}

export function addLookCommands({ program, cli, run }: Frame): void {
  program.commandsGroup('Look');

  program
    .command('images')
    .description('list the images made here')
    .argument('[name]', 'only those of this name')
    .option('--json', 'print JSON', false)
    .action((name: string | undefined, { json }: JsonFlag) =>
      run(async () => {
        const { images } = await import('../commands/images.ts');
        return images({ ...(name !== undefined && { name }), json }, cli);
      }),
    );

  program
    .command('inspect')
    .description('show an image: what it was made from, artifacts, packages, test results')
    .argument('<image>', imageNames)
    .option('--plan', 'print the plan that made it, as JSON', false)
    .option('--json', 'print JSON', false)
    .action((image: string, { json, plan }: JsonFlag & { plan: boolean }) =>
      run(async () => {
        const { inspect } = await import('../commands/inspect.ts');
        return inspect({ image, plan, json }, cli);
      }),
    );

  program
    .command('export')
    .description('write the artifacts of an image to a folder')
    .argument('<image>', imageNames)
    .option('--to <folder>', 'where to', '.')
    .option('--type <type>', 'only this kind of artifact (repeatable)', collect, [])
    .option('--force', 'overwrite; export even if tests failed', false)
    .action((image: string, flags: { to: string; type: readonly string[]; force: boolean }) =>
      run(async () => {
        const exportImage = (await import('../commands/export.ts')).export;
        return exportImage({ image, to: flags.to, types: flags.type, force: flags.force }, cli);
      }),
    );

  program
    .command('diff')
    .description('compare the packages and files of two images')
    .argument('<before>', imageNames)
    .argument('<after>', imageNames)
    .option('--packages', 'only packages', false)
    .option('--files', 'only files', false)
    .option('--json', 'print JSON', false)
    .action((before: string, after: string, flags: { packages: boolean; files: boolean; json: boolean }) =>
      run(async () => {
        const { diff } = await import('../commands/diff.ts');
        return diff({ before, after, ...flags }, cli);
      }),
    );

  addRecipeOptions(program.command('shell'))
    .description('look around in an image, or in what a failed run kept; changes are thrown away')
    .argument('<image, run or recipe>', `${imageNames}; the id of a run; with --before, a recipe`)
    .argument('[command...]', 'run this instead of a shell')
    .addOption(choice('--network <mode>', 'network of the machine', ['on', 'loopback', 'off']))
    .option('--before <step>', 'in the state of a recipe before this step, as the last build made it')
    .action((target: string, command: string[], flags: ShellFlags) =>
      run(async () => {
        const { shell } = await import('../commands/shell.ts');
        const { before, network } = flags;
        const recipe = before === undefined ? undefined : { ...recipeOptions(target, flags), before };
        return shell({ target, command, network, recipe }, cli);
      }),
    );

  program
    .command('rm')
    .description('remove images and what nothing else needs; with no image, what killed runs left')
    .argument('[image...]', imageNames)
    .option('--all', 'every image that a name fits, where that is more than one', false)
    .option('--force', 'also images that others were made from', false)
    .option('--unused', 'also what no image has: bases, what the cache and failed runs kept', false)
    .option('--json', 'print JSON', false)
    .action((images: string[], flags: Omit<RmOptions, 'images'>) =>
      run(async () => {
        const { rm } = await import('../commands/rm.ts');
        return rm({ images, ...flags }, cli);
      }),
    );

  program
    .command('logs')
    .description('print the whole log of a run')
    .argument('[run]', 'id or its beginning; the newest run by default')
    .option('--step <step>', 'only of this step and its parts: component/nginx')
    .option('--grep <pattern>', 'only lines that match this regular expression')
    .option('-f, --follow', 'go on until the run ends', false)
    .option('--json', 'print the events', false)
    .action((runId: string | undefined, flags: Omit<LogsOptions, 'run'>) =>
      run(async () => {
        const { logs } = await import('../commands/logs.ts');
        return logs({ ...(runId !== undefined && { run: runId }), ...flags }, cli);
      }),
    );

  program
    .command('runs')
    .description('list the builds that ran here')
    .argument('[image]', 'only those of this image name')
    .option('--json', 'print JSON', false)
    .action((image: string | undefined, { json }: JsonFlag) =>
      run(async () => {
        const { runs } = await import('../commands/runs.ts');
        return runs({ ...(image !== undefined && { image }), json }, cli);
      }),
    );
}
