import { AttemptEnded } from './attempt-ended.ts';
import { createExecutor, type Executor, timeoutMessage } from './execute.ts';
import type { StepRun } from './step-run.ts';

/** One attempt while it runs. */
export interface Attempt {
  readonly number: number;
  readonly executor: Executor;
  /** Ends with the time of the attempt, or with the run. */
  readonly signal: AbortSignal;
  /** Of the attempt alone, if it has one. */
  readonly limit: AbortSignal | undefined;
}

export function beginAttempt(run: StepRun, number: number): Attempt {
  const { step, options, log, signal } = run;
  const limit = step.timeoutSeconds < 0 ? undefined : AbortSignal.timeout(step.timeoutSeconds * 1000);
  const executor = createExecutor({
    machine: options.machine,
    log,
    env: options.env ?? {},
    timeoutSeconds: step.timeoutSeconds,
    memoryLimit: options.memoryLimit,
    signal,
  });
  return { number, executor, limit, signal: limit ? AbortSignal.any([signal, limit]) : signal };
}

/** What ended an attempt from inside: its time, or its own doing. Anything else is thrown on. */
export function asAttemptEnded(error: unknown, run: StepRun, { limit }: Attempt): AttemptEnded {
  run.signal.throwIfAborted();
  if (error instanceof AttemptEnded) return error;
  if (limit?.aborted && error === limit.reason)
    return new AttemptEnded(timeoutMessage(run.step.timeoutSeconds));
  throw error;
}
