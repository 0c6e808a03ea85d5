import { CommanderError } from 'commander';
import { exitCodes, type GildError, toGildError } from '../support/errors.ts';
import { createCli } from './cli.ts';
import { createPaint } from './paint.ts';
import { createProgram } from './program/program.ts';
import type { Cli } from './types.ts';

/** Where `runc` and others are, which an ordinary user's PATH leaves out. */
const systemFolders = '/usr/local/sbin:/usr/sbin:/sbin';

/** The sandbox's users must be able to search the store's folders; what is private is written with a mode of its own. */
const sharedUmask = 0o022;

/** Runs one command line and ends the process with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', endQuietly);
  process.umask(sharedUmask);
  process.env.PATH = [process.env.PATH, systemFolders].filter((part) => part).join(':');
  process.exit(await run(argv));
}

async function run(argv: readonly string[]): Promise<number> {
  if (argv.includes('--no-color')) process.env.NO_COLOR = '1';
  const cli = createCli();
  let exitCode = 0;
  try {
    const program = createProgram(cli, (code) => {
      exitCode = code;
    });
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(asOption(argv), { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : exitCodes.user;
    const error = toGildError(thrown);
    if (error.kind === 'cancelled') cli.note('Cancelled.');
    else await explain(error, cli);
    return exitCodes[error.kind];
  }
}

async function explain(error: GildError, cli: Cli): Promise<void> {
  const { errorText } = await import('./error-text.ts');
  cli.note(errorText(error, createPaint(process.stderr)));
}

/** `gild help build` is `gild build --help`. */
function asOption(argv: readonly string[]): readonly string[] {
  const [first, ...others] = argv;
  return first === 'help' ? [...others, '--help'] : argv;
}

/** `gild images | head` closes the pipe early, as every program expects. */
function endQuietly(error: NodeJS.ErrnoException): void {
  process.exit(error.code === 'EPIPE' ? 0 : exitCodes.bug);
}
