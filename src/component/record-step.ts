import type { Phase, Step } from '../model/component.ts';
import { longestOutput } from './execute.ts';
import type { IterationRecord, LoopRecord, StepRecord } from './records.ts';
import { mapRemembered } from './resolve-references.ts';
import { runStep, type StepOutcome } from './run-step.ts';
import type { DocumentRun } from './step-run.ts';

/** Runs a step, tells the events of it and keeps what it leaves for later steps. */
export async function recordStep(run: DocumentRun, phase: Phase, step: Step): Promise<StepRecord> {
  const { options, signal } = run;
  const name = `${options.stepPrefix}/${phase.name}/${step.name}`;
  const startTime = Date.now();
  const begin = performance.now();
  const seconds = () => Math.round(performance.now() - begin) / 1000;
  signal.throwIfAborted();
  options.emit({ type: 'step.started', step: name, title: step.name, detail: step.action });
  let record: StepRecord;
  try {
    const outcome = await runUntilAnswered(run, { phase, step, name });
    const { inputs, outputs, attempts, failure } = outcome;
    run.remembered.set(`${phase.name}.${step.name}`, { inputs, outputs });
    const status = statusOf(step, outcome);
    record = {
      ...notRun(phase, step),
      status,
      attempts,
      seconds: seconds(),
      ...shown(run, step, outcome),
      documents: outcome.documents,
      ...(outcome.condition && { condition: outcome.condition }),
      ...(failure && { failure }),
      startTime,
      endTime: Date.now(),
    };
    const told = { type: 'step.finished', step: name, status, seconds: record.seconds } as const;
    options.emit({ ...told, ...(failure && { failure }) });
  } catch (error) {
    const status = signal.aborted ? 'cancelled' : 'failed';
    options.emit({ type: 'step.finished', step: name, status, seconds: seconds() });
    throw error;
  }
  await options.pauseAfterStep?.(name, record.status);
  return record;
}

function statusOf({ onFailure }: Step, { failure, condition }: StepOutcome): StepRecord['status'] {
  if (failure) return onFailure === 'Ignore' ? 'ignored' : 'failed';
  return condition?.taken === 'Skip' ? 'skipped' : 'success';
}

/** Most bytes that a text which was cut has lost at its end: a newline, or part of a character. */
const lastCharacter = 4;

/** The texts of a record, redacted or left out. */
function shown(
  { redact: redactWhole }: DocumentRun,
  { disableLogging }: Step,
  { inputs, outputs, loop }: StepOutcome,
): Partial<StepRecord> {
  const redact = (text: string) =>
    redactWhole(text, { cut: Buffer.byteLength(text) >= longestOutput - lastCharacter });
  const iteration = (one: IterationRecord): IterationRecord => {
    const { message, ...rest } = one;
    if (disableLogging) return { ...rest, value: '', inputs: null, outputs: [] };
    const texts = { value: redact(one.value), ...(message !== undefined && { message: redact(message) }) };
    return { ...rest, ...mapRemembered(one, redact), ...texts };
  };
  const record: LoopRecord | undefined = loop && { ...loop, iterations: loop.iterations.map(iteration) };
  return {
    ...(!disableLogging && mapRemembered({ inputs, outputs }, redact)),
    ...(record && { loop: record }),
  };
}

/** The record of a step that is not reached. */
export function notRun(phase: Phase, step: Step): StepRecord {
  const now = Date.now();
  return {
    phase: phase.name,
    step: step.name,
    action: step.action,
    onFailure: step.onFailure,
    maxAttempts: step.maxAttempts,
    timeoutSeconds: step.timeoutSeconds,
    status: 'skipped',
    attempts: 0,
    seconds: 0,
    inputs: null,
    outputs: [],
    documents: [],
    startTime: now,
    endTime: now,
  };
}

interface NamedStep {
  readonly phase: Phase;
  readonly step: Step;
  /** Full name, for events. */
  readonly name: string;
}

async function runUntilAnswered(run: DocumentRun, named: NamedStep): Promise<StepOutcome> {
  const { onStepFailure } = run.options;
  for (;;) {
    const outcome = await runStep(run, named);
    if (!outcome.failure || named.step.onFailure === 'Ignore' || !onStepFailure) return outcome;
    const answer = await onStepFailure(outcome.failure, named.name);
    run.signal.throwIfAborted();
    if (answer === 'give-up') return outcome;
  }
}
