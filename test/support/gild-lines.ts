import type { Command } from 'commander';
import { createCli } from '../../src/cli/cli.ts';
import { createProgram } from '../../src/cli/program/program.ts';

/** The words behind every `gild` in shell text, one list for each call. */
export function gildCalls(shell: string): readonly (readonly string[])[] {
  return shell.split('\n').flatMap((line) =>
    commandsOf(line).flatMap((words) => {
      const start = words.findIndex((word) => !/^\w+=/.test(word) && !['npx', 'sudo'].includes(word));
      return words[start] === 'gild' ? [words.slice(start + 1)] : [];
    }),
  );
}

/** Throws what the command line says of words that it does not know; runs nothing. */
export async function parseGild(words: readonly string[]): Promise<void> {
  const home = process.env.GILD_HOME;
  const program = createProgram(createCli(), () => undefined);
  for (const command of everyCommand(program)) {
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    if (command.commands.length === 0) command.action(() => undefined);
  }
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if ((error as { exitCode?: number }).exitCode !== 0) throw error;
  } finally {
    if (home === undefined) delete process.env.GILD_HOME;
    else process.env.GILD_HOME = home;
  }
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Splits at `&&`, `|`, `;`; quotes hold words together; `#` begins a comment and `>` a file. */
function commandsOf(line: string): string[][] {
  const commands: string[][] = [[]];
  for (const [token, single, double, bare] of line.matchAll(
    /'([^']*)'|"([^"]*)"|(&&|[|;]|#.*$|>\s*\S+|[^\s'"|;&>]+)/g,
  )) {
    if (token.startsWith('#') || token.startsWith('>')) continue;
    if (bare && /^(&&|[|;])$/.test(bare)) commands.push([]);
    else commands.at(-1)?.push(single ?? double ?? bare ?? '');
  }
  return commands;
}
