import type { Emit, Failure, StepStatus } from '../model/events.ts';
import { GildError, toGildError } from '../support/errors.ts';

export interface TrackedStep {
  readonly step: string;
  readonly title: string;
  readonly detail?: string;
}

/**
 * Runs a job between its `step.started` and `step.finished`; what it throws goes on to the caller. The job may say that
 * it `settled` as something else than a success.
 */
export async function track<T>(
  emit: Emit,
  step: TrackedStep,
  job: (settled: (status: 'reused' | 'ignored') => void) => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const finish = (status: StepStatus, failure?: Failure) => {
    const seconds = (performance.now() - started) / 1000;
    emit({ type: 'step.finished', step: step.step, status, seconds, ...(failure && { failure }) });
  };
  emit({ type: 'step.started', ...step });
  try {
    let status: StepStatus = 'success';
    const result = await job((other) => {
      status = other;
    });
    finish(status);
    return result;
  } catch (thrown) {
    const error = toGildError(thrown);
    finish(error.kind === 'cancelled' ? 'cancelled' : 'failed', failureOf(error));
    throw error;
  }
}

/** Attached to a `STEP_FAILED` so that faces can show the command and its last lines. */
export class StepFailed extends GildError {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super({ code: 'STEP_FAILED', message: failure.message, ...(failure.hint && { hint: failure.hint }) });
    this.failure = failure;
  }
}

export function failureOf(error: GildError): Failure {
  if (error instanceof StepFailed) return error.failure;
  const position = error.at && `${error.at.file}:${error.at.line}:${error.at.column}`;
  return {
    code: error.code,
    message: error.message,
    ...(error.hint && { hint: error.hint }),
    ...(position && { position }),
  };
}
