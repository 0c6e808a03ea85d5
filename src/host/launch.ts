import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of named pipes that the output of one container after another goes through. */
export interface OutputPipes {
  /** For stdout and for stderr; nobody else has them until they are given back. */
  take(): readonly [string, string];
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

/**
 * Makes the pipes for the first who has them. The shell stays until the relays have ended: left alone, they would be
 * zombies wherever init is slow to reap.
 */
const relayed = [
  '[ -p "$2" ] || mkfifo -m 0666 "$1" "$2" || exit 125',
  'cat <"$1" &',
  'cat <"$2" >&2 &',
  `(exec >"$1" 2>"$2"; shift 2; ${joinAndRun})`,
  'status=$?; wait; exit $status',
].join('\n');

export function createOutputPipes(directory: string): OutputPipes {
  const free: (readonly [string, string])[] = [];
  let made = 0;
  return {
    take: () => {
      const pair = free.pop();
      if (pair) return pair;
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      made++;
      return [join(directory, `${made}.stdout`), join(directory, `${made}.stderr`)];
    },
    giveBack: (pipes) => void free.push(pipes),
  };
}
