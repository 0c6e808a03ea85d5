import type { ComponentDocument, Phase, Step } from '../model/component.ts';
import type { Emit, Failure, StepStatus } from '../model/events.ts';
import type { Machine } from '../platforms/types.ts';
import { type Memory, mapRemembered, type Remembered } from './resolve-references.ts';
import { runStep } from './run-step.ts';
import type { Downloads, Outputs } from './types.ts';

export interface RunPhasesOptions {
  readonly document: ComponentDocument;
  /** Complete: as `checkParameters` returns them. Constants are added from the document. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Names of the phases to run; they run in the order of the document. */
  readonly phases: readonly string[];
  readonly machine: Machine;
  readonly downloads: Downloads;
  readonly emit: Emit;
  /** `component/nginx`: a step is then `component/nginx/build/Install`. */
  readonly stepPrefix: string;
  readonly signal?: AbortSignal | undefined;
  /** Takes secrets out of every text that leaves the machine. */
  readonly redact?: (text: string) => string;
  /** For every command of every step. */
  readonly env?: Readonly<Record<string, string>>;
  /** Of the machine, in bytes; named where memory runs out. */
  readonly memoryLimit?: number | undefined;
  /** Asked when a step has used up its attempts, with the machine as it is; `retry` gives it new ones. */
  readonly onStepFailure?: (failure: Failure, step: string) => Promise<'retry' | 'give-up'>;
  /** Awaited after each step, for people who watch. */
  readonly pauseAfterStep?: (step: string, status: StepStatus) => Promise<void>;
}

export interface DocumentResult {
  /** `ignored`: success, with failures that the document says to ignore. */
  readonly status: 'success' | 'ignored' | 'failed';
  readonly steps: readonly StepRecord[];
  /** Of the first step that failed and was not ignored. */
  readonly failure?: Failure;
}

/** One step of a phase that was to run; texts are redacted, and left out under `disableLogging`. */
export interface StepRecord {
  readonly phase: string;
  readonly step: string;
  readonly action: string;
  readonly status: 'success' | 'failed' | 'ignored' | 'skipped';
  readonly attempts: number;
  readonly seconds: number;
  /** References resolved. */
  readonly inputs: unknown;
  readonly outputs: readonly Outputs[];
  readonly failure?: Failure;
}

/**
 * Runs phases of a document in a machine. A step that fails is part of the result; what is thrown is a
 * cancellation or a failure of the machine itself.
 */
export async function runPhases(options: RunPhasesOptions): Promise<DocumentResult> {
  const { document, phases, redact = (text: string) => text } = options;
  const signal = options.signal ?? new AbortController().signal;
  const constants = document.constants.map(({ name, value = '' }) => [name, value] as const);
  const remembered = new Map<string, Remembered>();
  const memory: Memory = {
    values: { ...options.parameters, ...Object.fromEntries(constants) },
    steps: remembered,
  };
  const records: StepRecord[] = [];
  let failure: Failure | undefined;
  let aborted = false;

  for (const phase of document.phases.filter(({ name }) => phases.includes(name))) {
    for (const step of phase.steps) {
      if (aborted) {
        records.push(skipped(phase, step));
        continue;
      }
      const { record, inputs, outputs } = await trackStep(options, { phase, step, memory, signal });
      remembered.set(`${phase.name}.${step.name}`, { inputs, outputs });
      await options.pauseAfterStep?.(stepName(options, phase, step), record.status);
      records.push(
        step.disableLogging ? record : { ...record, ...mapRemembered({ inputs, outputs }, redact) },
      );
      if (record.status === 'failed') failure ??= record.failure;
      aborted = record.status === 'failed' && step.onFailure === 'Abort';
    }
  }
  const ignored = records.some((record) => record.status === 'ignored');
  const status = failure ? 'failed' : ignored ? 'ignored' : 'success';
  return { status, steps: records, ...(failure && { failure }) };
}

interface Tracked extends Remembered {
  readonly record: StepRecord;
}

async function trackStep(
  options: RunPhasesOptions,
  run: { readonly phase: Phase; readonly step: Step; readonly memory: Memory; readonly signal: AbortSignal },
): Promise<Tracked> {
  const { phase, step, signal } = run;
  const name = stepName(options, phase, step);
  const begin = performance.now();
  const seconds = () => Math.round(performance.now() - begin) / 1000;
  signal.throwIfAborted();
  options.emit({ type: 'step.started', step: name, title: step.name, detail: step.action });
  try {
    let outcome = await runStep({ options, name, ...run });
    while (outcome.failure && step.onFailure !== 'Ignore' && options.onStepFailure) {
      const answer = await options.onStepFailure(outcome.failure, name);
      signal.throwIfAborted();
      if (answer === 'give-up') break;
      outcome = await runStep({ options, name, ...run });
    }
    const { inputs, outputs, attempts, failure } = outcome;
    const status: StepRecord['status'] = !failure
      ? 'success'
      : step.onFailure === 'Ignore'
        ? 'ignored'
        : 'failed';
    options.emit({
      type: 'step.finished',
      step: name,
      status,
      seconds: seconds(),
      ...(failure && { failure }),
    });
    const record = {
      ...skipped(phase, step),
      status,
      attempts,
      seconds: seconds(),
      ...(failure && { failure }),
    };
    return { record, inputs, outputs };
  } catch (error) {
    const status = signal.aborted ? 'cancelled' : 'failed';
    options.emit({ type: 'step.finished', step: name, status, seconds: seconds() });
    throw error;
  }
}

function stepName(options: RunPhasesOptions, phase: Phase, step: Step): string {
  return `${options.stepPrefix}/${phase.name}/${step.name}`;
}

function skipped(phase: Phase, step: Step): StepRecord {
  const { name, action } = step;
  return {
    phase: phase.name,
    step: name,
    action,
    status: 'skipped',
    attempts: 0,
    seconds: 0,
    inputs: null,
    outputs: [],
  };
}
