import type { Failure } from '../model/events.ts';
import { type Attempt, beginAttempt } from './attempt.ts';
import { describeFailure } from './describe-failure.ts';
import { timeoutMessage } from './execute.ts';
import { performAction } from './perform-action.ts';
import type { IterationRecord } from './records.ts';
import type { Remembered } from './resolve-references.ts';
import type { StepRun } from './step-run.ts';
import type { Outputs } from './types.ts';

/** What one attempt of a step came to. */
export interface Attempted extends Remembered {
  /** None where the step has no loop. */
  readonly iterations: readonly IterationRecord[];
  readonly failure?: Failure;
}

/** Runs a step once; if it has a loop, once for each value, until one fails. All of it has `timeoutSeconds`. */
export async function runAttempt(
  run: StepRun,
  options: {
    readonly number: number;
    /** Of the loop, if there is one. */
    readonly values: readonly string[] | undefined;
    /** An earlier attempt, after whose last success this one begins. */
    readonly kept: Attempted | undefined;
  },
): Promise<Attempted> {
  const attempt = beginAttempt(run, options.number);
  if (options.values) return runLoop(run, attempt, options.values, options.kept);
  const { inputs, outputs, failure } = await performAction(run, attempt);
  if (!failure) return { inputs, outputs, iterations: [] };
  const told = describeFailure(run, { failure, attempt: attempt.number, executor: attempt.executor });
  return { inputs, outputs, iterations: [], failure: told };
}

async function runLoop(
  run: StepRun,
  attempt: Attempt,
  values: readonly string[],
  kept: Attempted | undefined,
): Promise<Attempted> {
  const iterations = (kept?.iterations ?? []).filter((iteration) => iteration.status === 'success');
  let inputs: unknown = iterations.at(-1)?.inputs ?? null;
  for (const [index, value] of values.entries()) {
    if (index < iterations.length) continue;
    const startTime = Date.now();
    const before = run.nested.length;
    const iteration = { loop: run.step.loop?.name, index, value };
    const pass = await performAction(run, attempt, iteration);
    inputs = pass.inputs;
    const { failure } = pass;
    iterations.push({
      index,
      value,
      status: failure ? 'failed' : 'success',
      inputs,
      outputs: pass.outputs,
      documents: run.nested.slice(before),
      ...(failure && { message: failure.message }),
      startTime,
      endTime: Date.now(),
    });
    if (!failure) continue;
    const timeout = timeoutMessage(run.step.timeoutSeconds);
    const message =
      failure.message === timeout
        ? `the loop ${timeout}, in iteration ${index}`
        : `iteration ${index} failed: ${failure.message}`;
    const told = { failure: { ...failure, message }, attempt: attempt.number, executor: attempt.executor };
    return { inputs, outputs: joined(iterations), iterations, failure: describeFailure(run, told) };
  }
  return { inputs, outputs: joined(iterations), iterations };
}

/** Output by output, those of the iterations that succeeded, a line each. */
function joined(iterations: readonly IterationRecord[]): readonly Outputs[] {
  const all: Record<string, string>[] = [];
  for (const { status, outputs } of iterations) {
    if (status === 'failed') continue;
    for (const [index, output] of outputs.entries()) {
      const into = all[index] ?? {};
      all[index] = into;
      for (const [key, value] of Object.entries(output))
        into[key] = into[key] === undefined ? value : `${into[key]}\n${value}`;
    }
  }
  return all;
}
