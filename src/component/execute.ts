import type { Machine } from '../platforms/types.ts';
import { AttemptEnded } from './attempt-ended.ts';
import type { StepLog } from './step-log.ts';
import type { ActionCommand, Execution } from './types.ts';

/** Most of what a command writes to stdout that later steps can refer to. */
export const longestOutput = 1024 * 1024;

export interface Executor {
  execute(command: ActionCommand): Promise<Execution>;
  /** The last command, for a failure. */
  last(): { readonly command: ActionCommand; readonly exitCode: number | undefined } | undefined;
}

/** Runs the commands of one attempt, all of them together within `timeoutSeconds`. */
export function createExecutor(options: {
  readonly machine: Machine;
  readonly log: StepLog;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Of the machine, in bytes. */
  readonly memoryLimit: number | undefined;
  readonly signal: AbortSignal;
}): Executor {
  const { machine, log, env, timeoutSeconds, memoryLimit, signal } = options;
  const deadline = timeoutSeconds < 0 ? undefined : performance.now() + timeoutSeconds * 1000;
  let last: { command: ActionCommand; exitCode: number | undefined } | undefined;

  const execute = async (command: ActionCommand): Promise<Execution> => {
    last = { command, exitCode: undefined };
    log.mark();
    const captured = createCapture();
    const result = await machine.run({
      argv: command.argv,
      env,
      timeoutMs: deadline === undefined ? undefined : Math.max(1, Math.ceil(deadline - performance.now())),
      signal,
      ...(command.stdin && { stdin: command.stdin }),
      onStdout: (chunk) => {
        captured.push(chunk);
        if (!command.quiet) log.stdout(chunk);
      },
      onStderr: (chunk) => log.stderr(command.filterStderr?.(chunk) ?? chunk),
    });
    log.flush();
    last = { command, exitCode: result.exitCode };
    if (result.timedOut) throw new AttemptEnded(timeoutMessage(timeoutSeconds));
    if (result.outOfMemory) throw outOfMemory(memoryLimit);
    if (captured.truncated()) log.note('Only the first 1 MiB of stdout is kept for later steps.');
    return {
      exitCode: result.exitCode,
      stdout: captured.bytes(),
      truncated: captured.truncated(),
      complaint: log.complaint(),
    };
  };
  return { execute, last: () => last };
}

export function timeoutMessage(seconds: number): string {
  return `timed out after ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
}

function outOfMemory(limit: number | undefined): AttemptEnded {
  const amount = limit === undefined ? '' : ` of ${Number((limit / 2 ** 20).toFixed(1))} MiB`;
  return new AttemptEnded(
    `out of memory: something that it ran was killed at the limit${amount}`,
    'Raise `limits.memory` in the recipe, or let the step use less.',
  );
}

function createCapture() {
  const chunks: Buffer[] = [];
  let size = 0;
  let truncated = false;
  return {
    push: (chunk: Buffer) => {
      const room = longestOutput - size;
      if (chunk.length > room) truncated = true;
      if (room <= 0) return;
      chunks.push(chunk.subarray(0, room));
      size += Math.min(chunk.length, room);
    },
    bytes: () => Buffer.concat(chunks),
    truncated: () => truncated,
  };
}
