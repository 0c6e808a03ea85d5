import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { output } from '../support/process.ts';

/** Named pipes that the output of one container after another goes through. */
export interface OutputPipes {
  /** A pipe for stdout and one for stderr; nobody else has them until they are given back. */
  take(): Promise<readonly [string, string]>;
  giveBack(pipes: readonly [string, string]): void;
}

export interface Launch {
  /** Of the cgroup that the program joins. */
  readonly joinFiles: readonly string[];
  /** None: the program gets the streams that it is started with; faster for much output of a program that we know. */
  readonly pipes?: readonly [string, string] | undefined;
}

/**
 * The argument array to put before that of a program, so that it joins a cgroup, which it cannot see any more once
 * it is in the namespace, and writes into real pipes.
 *
 * Pipes, because a program can open `/dev/stderr` by name only if it is no socket, and Node's are sockets. Read by a
 * relay, because a program that sends a silent socket into a pipe (`sendfile`, as busybox's `cat` does) keeps the
 * pipe's lock: whoever reads then sleeps so soundly that not even a signal wakes it, and that must not be us.
 */
export function launchCommand(launch: Launch): string[] {
  const { joinFiles, pipes } = launch;
  if (!pipes && joinFiles.length === 0) return [];
  return ['/bin/sh', '-c', pipes ? relayed : joinAndRun, 'launch', ...(pipes ?? []), ...joinFiles, '--'];
}

const joinAndRun = 'while [ "$1" != -- ]; do echo 0 >"$1" || exit 125; shift; done; shift; exec "$@"';

/** The shell stays until the relays have ended: left alone, they would be zombies wherever init is slow to reap. */
const relayed = [
  'cat <"$1" &',
  'cat <"$2" >&2 &',
  `(exec >"$1" 2>"$2"; shift 2; ${joinAndRun})`,
  'status=$?; wait; exit $status',
].join('\n');

const batch = 8;

export function createOutputPipes(directory: string): OutputPipes {
  const free: (readonly [string, string])[] = [];
  let made = 0;
  let making: Promise<void> = Promise.resolve();
  const make = async () => {
    if (free.length > 0) return;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const pairs = Array.from({ length: batch / 2 }, () => {
      made += 2;
      return [join(directory, `${made - 1}`), join(directory, `${made}`)] as const;
    });
    await output(['mkfifo', '--mode=0666', ...pairs.flat()]);
    free.push(...pairs);
  };
  return {
    take: async () => {
      for (;;) {
        const pair = free.pop();
        if (pair) return pair;
        making = making.then(make);
        await making;
      }
    },
    giveBack: (pipes) => void free.push(pipes),
  };
}
