import { randomUUID } from 'node:crypto';
import type { ComponentDocument } from '../model/component.ts';
import type { Emit, Failure, StepStatus } from '../model/events.ts';
import type { LockedDownload } from '../model/lock.ts';
import type { Machine } from '../platforms/types.ts';
import { createGrowingRedactor, type Redact } from '../support/redact.ts';
import type { DocumentSource } from './documents.ts';
import type { LanguageContext } from './language-context.ts';
import { notRun, recordStep } from './record-step.ts';
import type { DocumentResult, PhaseRecord, StepRecord } from './records.ts';
import type { DocumentRun } from './step-run.ts';
import type { Downloads } from './types.ts';

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
  /** Of this run of the document; without it, a new one. */
  readonly executionId?: string | undefined;
  /** Where values of `env:`, `aws:ssm:` and their like come from. */
  readonly context?: LanguageContext;
  /** Where ExecuteDocument finds what it names. */
  readonly documents?: DocumentSource;
  /** Documents that run this one, the outermost first. */
  readonly ancestors?: readonly ComponentDocument[];
  /** Takes secrets out of every text that leaves the machine. */
  readonly redact?: Redact;
  /** For every command of every step. */
  readonly env?: Readonly<Record<string, string>>;
  /** Of the machine, in bytes; named where memory runs out. */
  readonly memoryLimit?: number | undefined;
  /** Sees each file from outside before it is used; what it throws fails the step. */
  readonly onDownload?: ((download: LockedDownload) => void) | undefined;
  /** Asked when a step has used up its attempts, with the machine as it is; `retry` gives it new ones. */
  readonly onStepFailure?: (failure: Failure, step: string) => Promise<'retry' | 'give-up'>;
  /** Awaited after each step, for people who watch. */
  readonly pauseAfterStep?: (step: string, status: StepStatus) => Promise<void>;
}

/**
 * Runs phases of a document in a machine. A step that fails is part of the result; what is thrown is a
 * cancellation or a failure of the machine itself.
 */
export async function runPhases(options: RunPhasesOptions): Promise<DocumentResult> {
  const { document } = options;
  const startTime = Date.now();
  const run = beginRun(options);
  const phases: PhaseRecord[] = [];
  const steps: StepRecord[] = [];
  let aborted = false;
  for (const phase of document.phases) {
    const selected = options.phases.includes(phase.name);
    const begun = Date.now();
    const records: StepRecord[] = [];
    for (const step of selected ? phase.steps : []) {
      const record = aborted ? notRun(phase, step) : await recordStep(run, phase, step);
      records.push(record);
      if (record.status === 'failed' && step.onFailure === 'Abort') aborted = true;
    }
    steps.push(...records);
    phases.push({ name: phase.name, selected, ...summary(records), startTime: begun, endTime: Date.now() });
  }
  const { status, failure } = summary(steps);
  const { name, version, description, file, digest } = document;
  return {
    document: { name, version, description, file, digest },
    executionId: run.executionId,
    status: status === 'skipped' ? 'success' : status,
    phases,
    steps,
    ...(failure && { failure }),
    startTime,
    endTime: Date.now(),
  };
}

function beginRun(options: RunPhasesOptions): DocumentRun {
  const { document, context = {} } = options;
  const { redact, learn } = createGrowingRedactor(options.redact ?? ((text) => text));
  return {
    options,
    context,
    executionId: options.executionId ?? randomUUID(),
    signal: options.signal ?? new AbortController().signal,
    redact,
    learn: (name, value) => {
      learn(value);
      context.onSecret?.(name, value);
    },
    values: { ...options.parameters, ...constantsOf(document) },
    remembered: new Map(),
    runPhases,
  };
}

function constantsOf(document: ComponentDocument): Record<string, string> {
  return Object.fromEntries(document.constants.map(({ name, value = '' }) => [name, value]));
}

/** `skipped` only where nothing was begun: a step whose condition skips it is a success. */
function summary(records: readonly StepRecord[]): Pick<PhaseRecord, 'status' | 'failure'> {
  const failed = records.find((record) => record.status === 'failed');
  if (failed) return { status: 'failed', ...(failed.failure && { failure: failed.failure }) };
  if (records.some((record) => record.status === 'ignored')) return { status: 'ignored' };
  return { status: records.some(wasReached) ? 'success' : 'skipped' };
}

function wasReached(record: StepRecord): boolean {
  return record.status !== 'skipped' || record.condition !== undefined;
}
