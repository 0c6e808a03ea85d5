import { resolve } from 'node:path';
import { Command, type Help, type Option } from 'commander';
import type { Cli } from '../types.ts';
import { addBuildCommands } from './build.ts';
import { addCacheCommands } from './cache.ts';
import { addComponentCommands } from './component.ts';
import { addHostCommands } from './host.ts';
import { addLookCommands } from './look.ts';
import { addRunCommands } from './run.ts';

const afterCommands = `
For all commands:
  --home <folder>   where images, layers and logs are kept, instead of GILD_HOME
  --no-color        no colours, as with NO_COLOR=1
  -V, --version     print the version
  -h, --help        print the options of a command

Examples:
  gild build examples/web-server/recipe.yaml
  gild build recipe.yaml --var release=trixie --output dist
  gild images
  gild export web-server@1.x.x --to .
  gild logs --step component/nginx

Exit codes: 0 done; 1 a step or test of the image failed; 2 the recipe or the
command line is wrong; 3 something on this host or the network is; 130 cancelled;
70 a bug in Gild.
`;

/** The whole command line. Nothing that a command needs is loaded before that command runs. */
export function createProgram(cli: Cli, keepExitCode: (code: number) => void): Command {
  const program = new Command('gild')
    .description('Golden images from one recipe: built in a sandbox, tested on a fresh machine, versioned.')
    .usage('<command> [options]')
    .option('--home <folder>', 'where images, layers and logs are kept; GILD_HOME')
    .option('--no-color', 'no colours; NO_COLOR')
    .option('-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .helpCommand(false)
    .configureHelp(helpStyle)
    .showHelpAfterError('`gild --help` lists the commands, `gild <command> --help` the options of one.')
    .addHelpText('after', afterCommands)
    .exitOverride()
    .hook('preAction', () => {
      const { home } = program.opts<{ home?: string }>();
      if (home !== undefined) process.env.GILD_HOME = resolve(home);
    });
  const run = async (job: () => Promise<number | undefined>) => keepExitCode((await job()) ?? 0);
  const frame = { program, cli, run };
  addBuildCommands(frame);
  addLookCommands(frame);
  addRunCommands(frame);
  addCacheCommands(frame);
  addComponentCommands(frame);
  addHostCommands(frame);
  return program;
}

/** Terse: no `[options]` where every command has some, and defaults only where they say something. */
const helpStyle: Partial<Help> = {
  visibleOptions: (command) => (command.parent ? command.options.filter((option) => !option.hidden) : []),
  subcommandTerm: (command) => {
    const parts = command.commands.map((part) => part.name()).join('|');
    const words = command.registeredArguments.map((argument) => {
      const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
      return argument.required ? `<${name}>` : `[${name}]`;
    });
    return [command.name(), ...(parts ? [parts] : []), ...words].join(' ');
  },
  optionDescription: ({ description, argChoices, defaultValue }: Option) => {
    const words = argChoices ? `${description}: ${argChoices.join(', ')}` : description;
    return typeof defaultValue === 'string' ? `${words} (default: ${defaultValue})` : words;
  },
};
