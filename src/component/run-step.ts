import { setTimeout as delay } from 'node:timers/promises';
import type { Backoff, Phase, Step } from '../model/component.ts';
import type { Failure } from '../model/events.ts';
import { askMachine } from './ask-machine.ts';
import { AttemptEnded } from './attempt-ended.ts';
import { evaluate } from './condition/evaluate.ts';
import { describeFailure } from './describe-failure.ts';
import { iterationsOf } from './loop/iterations.ts';
import { createOutside } from './outside.ts';
import type { ConditionRecord, DocumentResult, LoopRecord } from './records.ts';
import { type Remembered, resolveReferences } from './resolve-references.ts';
import { type Attempted, runAttempt } from './run-attempt.ts';
import { createStepLog } from './step-log.ts';
import type { DocumentRun, StepRun } from './step-run.ts';

export interface StepOutcome extends Remembered {
  /** None if the condition of the step skipped or failed it. */
  readonly attempts: number;
  readonly condition?: ConditionRecord;
  readonly loop?: LoopRecord;
  readonly documents: readonly DocumentResult[];
  readonly failure?: Failure;
}

/** Runs a step until it succeeds or its attempts are used up. Throws only for what is no failure of the step. */
export async function runStep(
  document: DocumentRun,
  named: { readonly phase: Phase; readonly step: Step; readonly name: string },
): Promise<StepOutcome> {
  const run = beginStep(document, named);
  const nothing = { inputs: null, outputs: [], attempts: 0, documents: [] };
  try {
    const condition = await judgeCondition(run);
    if (condition?.taken === 'Skip') return { ...nothing, condition };
    if (condition?.taken === 'Abort') {
      const failure = { kind: 'failed', message: 'its condition says `Abort`' } as const;
      return { ...nothing, condition, failure: describeFailure(run, { failure, attempt: 0 }) };
    }
    const outcome = await runAttempts(run, await readLoop(run));
    return condition ? { ...outcome, condition } : outcome;
  } catch (error) {
    run.signal.throwIfAborted();
    if (!(error instanceof AttemptEnded)) throw error;
    const { message, hint } = error;
    const failure = { kind: 'failed', message, ...(hint !== undefined && { hint }) } as const;
    return { ...nothing, failure: describeFailure(run, { failure, attempt: 0 }) };
  }
}

function beginStep(
  document: DocumentRun,
  named: { readonly phase: Phase; readonly step: Step; readonly name: string },
): StepRun {
  const { options, context, executionId, signal, learn } = document;
  const { machine, env = {} } = options;
  const { phase, step } = named;
  const names = { phase: phase.name, step: step.name };
  const outside = createOutside({ context, machine, env, executionId, signal, learn, ...names });
  const run = { ...document, ...named, outside, nested: [] };
  return { ...run, log: logOf(run) };
}

function logOf({ options, name, redact, step }: Pick<StepRun, 'options' | 'name' | 'redact' | 'step'>) {
  return createStepLog({ emit: options.emit, step: name, redact, silent: step.disableLogging });
}

/** Once, whatever becomes of the step afterwards. */
async function judgeCondition(run: StepRun): Promise<ConditionRecord | undefined> {
  const { step } = run;
  if (!step.if) return undefined;
  const when = await resolveReferences(step.if.when, run);
  const held = await evaluate(when, askMachine(run));
  const taken = held ? step.if.ifTrue : step.if.ifFalse;
  if (taken === 'Skip') run.log.note(`Skipped: its condition ${held ? 'holds' : 'does not hold'}.`);
  return { held, taken };
}

/** Once too: a list is what it was when the step began. */
async function readLoop(run: StepRun): Promise<readonly string[] | undefined> {
  const { loop } = run.step;
  return loop && iterationsOf(await resolveReferences(loop, run));
}

async function runAttempts(step: StepRun, values: readonly string[] | undefined): Promise<StepOutcome> {
  const { maxAttempts, retry, loop } = step.step;
  let before: Attempted | undefined;
  for (let attempt = 1; ; attempt++) {
    const run: StepRun = attempt === 1 ? step : { ...step, log: logOf(step), nested: [] };
    const kept = loop?.resume ? before : undefined;
    const attempted = await runAttempt(run, { number: attempt, values, kept });
    run.log.flush();
    const { failure } = attempted;
    if (!failure || attempt >= maxAttempts) return outcomeOf(run, attempted, attempt);
    const wait = retry ? waitBefore(attempt, retry) : 0;
    const next = wait > 0 ? ` The next one begins in ${wait} ${wait === 1 ? 'second' : 'seconds'}.` : '';
    run.log.note(`Attempt ${attempt} of ${maxAttempts} failed: ${failure.message}${next && `.${next}`}`);
    if (wait > 0) await pause(wait * 1000, run.signal);
    before = attempted;
  }
}

function outcomeOf({ step, nested }: StepRun, attempted: Attempted, attempts: number): StepOutcome {
  const { inputs, outputs, iterations, failure } = attempted;
  const { loop } = step;
  return {
    inputs,
    outputs,
    attempts,
    documents: nested,
    ...(loop && { loop: { kind: loop.kind, ...(loop.name && { name: loop.name }), iterations } }),
    ...(failure && { failure }),
  };
}

/** Seconds. */
function waitBefore(attempt: number, { delaySeconds, factor, maxDelaySeconds }: Backoff): number {
  return Math.min(delaySeconds * factor ** (attempt - 1), maxDelaySeconds);
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}
