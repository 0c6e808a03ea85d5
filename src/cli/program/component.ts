import { Option } from 'commander';
import type { ComponentRunOptions } from '../commands/component-run.ts';
import type { ComponentValidateOptions } from '../commands/component-validate.ts';
import { collectParameters, splitList } from '../parameter-flags.ts';
import { choice, collect } from './options.ts';
import type { Frame } from './types.ts';

interface ComponentFlags {
  readonly json: boolean;
  readonly path: readonly string[];
}

interface ValidateFlags extends Omit<ComponentValidateOptions, 'files'> {
  readonly documents: readonly string[];
}

interface RunFlags extends Omit<ComponentRunOptions, 'folders' | 'packages'> {
  readonly with: readonly string[];
  readonly path: readonly string[];
}

export function addComponentCommands({ program, cli, run }: Frame): void {
  program.commandsGroup('Components');
  const component = program
    .command('component')
    .description('look at components, check them and try them out')
    .helpCommand(false);

  component
    .command('list')
    .description('list the components that are found here')
    .option('--path <folder>', 'look here first (repeatable; also GILD_COMPONENT_PATH)', collect, [])
    .option('--json', 'print JSON', false)
    .action(({ json, path }: ComponentFlags) =>
      run(async () => {
        const { componentList } = await import('../commands/component-list.ts');
        return componentList({ folders: path, json }, cli);
      }),
    );

  component
    .command('show')
    .description('show the parameters, phases and steps of a component')
    .argument('<component>', 'name, name@1.x.x, or the path of a document')
    .option('--path <folder>', 'look here first (repeatable; also GILD_COMPONENT_PATH)', collect, [])
    .option('--json', 'print JSON', false)
    .action((name: string, { json, path }: ComponentFlags) =>
      run(async () => {
        const { componentShow } = await import('../commands/component-show.ts');
        return componentShow({ component: name, folders: path, json }, cli);
      }),
    );

  component
    .command('run')
    .description('run documents on a throw-away machine')
    .argument('[document...]', 'paths, or names as recipes have them')
    .option('-d, --documents <list>', 'documents, with commas between them', splitList, [])
    .option('-c, --config <file>', 'documents, parameters and settings from a JSON file')
    .option('-p, --phases <list>', 'only these phases, with commas between them', splitList, [])
    .option('--parameters <name=value,...>', 'values of parameters (repeatable)', collectParameters, {})
    .option('-i, --execution-id <id>', 'name of the run, in place of a new UUID')
    .option('-l, --log-directory <folder>', 'write a run folder into this one')
    .option('-t, --trace', 'show all output, line by line', false)
    .option(
      '--base <base>',
      'what the machine starts from, as in a recipe (default: debian:bookworm with curl, sudo ...)',
    )
    .option('--with <packages>', 'packages that a Debian base has beside its own, with commas', splitList, [])
    .addOption(choice('--network <mode>', 'network of the machine', ['on', 'loopback', 'off']))
    .addOption(choice('--on-error <what>', 'what to do when a step has failed', ['cleanup', 'ask', 'shell']))
    .addOption(choice('--progress <how>', 'how to show the run', ['auto', 'tty', 'plain', 'json']))
    .option('--path <folder>', 'look here first (repeatable; also GILD_COMPONENT_PATH)', collect, [])
    .option('--json', 'print the result as JSON, as it is where no person reads it', false)
    .action((named: string[], flags: RunFlags) =>
      run(async () => {
        const { componentRun } = await import('../commands/component-run.ts');
        const { documents, path, config, executionId, logDirectory, base, with: packages, ...others } = flags;
        return componentRun(
          {
            ...others,
            documents: [...named, ...documents],
            packages,
            folders: path,
            config,
            executionId,
            logDirectory,
            base,
          },
          cli,
        );
      }),
    );

  component
    .command('validate')
    .description('check component documents and list every problem and likely mistake')
    .argument('[file...]', 'documents, folders of them, or patterns with *')
    .option('-d, --documents <list>', 'documents, with commas between them', splitList, [])
    .addOption(
      new Option('--os <system>', 'systems of the machines that they are to run on').choices([
        'linux',
        'windows',
        'macos',
        'all',
      ]),
    )
    .option('--strict', 'what AWS would not read is a problem too', false)
    .option('--no-lint', 'only problems, no likely mistakes')
    .option('--fix', 'mend what can be mended without a change of meaning', false)
    .option('--unsafe-fixes', 'with --fix: also what may change what a script does', false)
    .option('--deny-warnings', 'exit 2 for warnings too', false)
    .option('--json', 'print the problems as JSON', false)
    .action((named: string[], { documents, ...flags }: ValidateFlags) =>
      run(async () => {
        const { componentValidate } = await import('../commands/component-validate.ts');
        return componentValidate({ ...flags, files: [...named, ...documents] }, cli);
      }),
    );

  component
    .command('import')
    .description('make a component of a shell script')
    .argument('<script>', 'a shell script')
    .option('--name <name>', "of the component, in place of the script's")
    .option('-o, --out <file>', 'write it to this file, not to stdout')
    .option('--force', 'overwrite the file', false)
    .action((script: string, { name, out, force }: { name?: string; out?: string; force: boolean }) =>
      run(async () => {
        const { componentImport } = await import('../commands/component-import.ts');
        return componentImport({ script, name, out, force }, cli);
      }),
    );

  component
    .command('export')
    .description('print a component as JSON, or as YAML')
    .argument('<component>', 'name, name@1.x.x, or the path of a document')
    .option('--json', 'as JSON, which is what it does without --yaml', false)
    .option('--yaml', 'as YAML', false)
    .option('--path <folder>', 'look here first (repeatable; also GILD_COMPONENT_PATH)', collect, [])
    .action((name: string, { yaml, path }: { yaml: boolean; path: readonly string[] }) =>
      run(async () => {
        const { componentExport } = await import('../commands/component-export.ts');
        return componentExport({ component: name, yaml, folders: path }, cli);
      }),
    );
}
