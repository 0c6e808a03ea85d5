import type { ComponentValidateOptions } from '../commands/component-validate.ts';
import { collect } from './options.ts';
import type { Frame } from './types.ts';

interface ComponentFlags {
  readonly json: boolean;
  readonly path: readonly string[];
}

export function addComponentCommands({ program, cli, run }: Frame): void {
  program.commandsGroup('Components');
  const component = program
    .command('component')
    .description('look at the components that recipes can use')
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
    .command('validate')
    .description('check component documents and list every problem and likely mistake')
    .argument('<file...>', 'documents, folders of them, or patterns with *')
    .option('--strict', 'what AWS would not read is a problem too', false)
    .option('--no-lint', 'only problems, no likely mistakes')
    .option('--fix', 'mend what can be mended without a change of meaning', false)
    .option('--unsafe-fixes', 'with --fix: also what may change what a script does', false)
    .option('--deny-warnings', 'exit 2 for warnings too', false)
    .option('--json', 'print the problems as JSON', false)
    .action((files: string[], flags: Omit<ComponentValidateOptions, 'files'>) =>
      run(async () => {
        const { componentValidate } = await import('../commands/component-validate.ts');
        return componentValidate({ ...flags, files }, cli);
      }),
    );
}
