import type { Phase, Step } from '../model/component.ts';
import type { DocumentRun } from './interpreter.ts';
import type { StepRecord } from './records.ts';
import { mapRemembered } from './resolve-references.ts';
import { runStep, type StepOutcome } from './run-step.ts';

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
    const status: StepRecord['status'] = !failure
      ? 'success'
      : step.onFailure === 'Ignore'
        ? 'ignored'
        : 'failed';
    record = {
      ...notRun(phase, step),
      status,
      attempts,
      seconds: seconds(),
      ...(!step.disableLogging && mapRemembered({ inputs, outputs }, run.redact)),
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
