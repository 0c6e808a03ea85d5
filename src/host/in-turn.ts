import { GildError } from '../support/errors.ts';
import { runProcess } from '../support/process.ts';

/**
 * The argument array of one program that runs commands one after the other until one fails, and then exits as that did.
 * To start a program from here costs more than most of them take: a fork copies the tables of all the memory that we hold.
 */
export function inTurn(commands: readonly (readonly string[])[]): string[] {
  const counted = commands.flatMap((argv) => [String(argv.length), ...argv]);
  return ['busybox', 'sh', '-c', script, 'in-turn', ...counted];
}

/** Runs commands in turn as `enter` says. Throws the last line of what the one that failed said. */
export async function runInTurn(
  commands: readonly (readonly string[])[],
  enter: (argv: readonly string[]) => readonly string[],
): Promise<void> {
  const said: Buffer[] = [];
  const argv = enter(inTurn(commands));
  const { exitCode } = await runProcess(argv, { onStderr: (chunk) => said.push(chunk) });
  if (exitCode === 0) return;
  const reason = Buffer.concat(said).toString().trim().split('\n').at(-1) || `exit status ${exitCode}`;
  throw new GildError({
    code: 'HOST_UNSUPPORTED',
    message: `Something failed in a user namespace of this host: ${reason}`,
  });
}

/** Each command follows the number of its words; only numbers of words are ever evaluated, never the words. */
const script = `while [ $# -gt 0 ]; do
  count=$1; shift
  words=; at=0
  while [ $at -lt $count ]; do at=$((at + 1)); words="$words \\"\\\${$at}\\""; done
  eval "$words" || exit
  shift $count
done`;
