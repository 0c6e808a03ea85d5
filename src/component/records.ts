import type { Branch, ComponentDocument, Loop, Step } from '../model/component.ts';
import type { Failure } from '../model/events.ts';
import type { Outputs } from './types.ts';

/** What running a document came to. Texts are redacted. */
export interface DocumentResult extends Timed {
  readonly document: Pick<ComponentDocument, 'name' | 'version' | 'description' | 'file' | 'digest'>;
  /** Unlike that of any other document of the run, its own runs included. */
  readonly executionId: string;
  /** `ignored`: success, with failures that the document says to ignore. */
  readonly status: 'success' | 'ignored' | 'failed';
  /** Every phase of the document, those that were not to run included. */
  readonly phases: readonly PhaseRecord[];
  /** Every step of the phases that were to run, in order. */
  readonly steps: readonly StepRecord[];
  /** Of the first step that failed and was not ignored. */
  readonly failure?: Failure;
}

/** Milliseconds since 1970. What was skipped began and ended at the same moment. */
export interface Timed {
  readonly startTime: number;
  readonly endTime: number;
}

export interface PhaseRecord extends Timed {
  readonly name: string;
  /** Whether it was to run. */
  readonly selected: boolean;
  /** `skipped`: not selected, or an earlier phase ended the document. */
  readonly status: 'success' | 'ignored' | 'failed' | 'skipped';
  readonly failure?: Failure;
}

/** One step of a phase that was to run; texts are left out under `disableLogging`. */
export interface StepRecord extends Timed {
  readonly phase: string;
  readonly step: string;
  readonly action: string;
  readonly onFailure: Step['onFailure'];
  readonly maxAttempts: number;
  readonly timeoutSeconds: number;
  /** `skipped`: by its condition, or because an earlier step ended the document. */
  readonly status: 'success' | 'failed' | 'ignored' | 'skipped';
  readonly attempts: number;
  readonly seconds: number;
  /** References resolved; of a loop, those of its last iteration. `null` where it never ran. */
  readonly inputs: unknown;
  /** Of a loop, joined over its iterations. */
  readonly outputs: readonly Outputs[];
  readonly condition?: ConditionRecord;
  readonly loop?: LoopRecord;
  /** Documents that ExecuteDocument ran, in order; of a loop, those of all iterations. */
  readonly documents: readonly DocumentResult[];
  readonly failure?: Failure;
}

export interface ConditionRecord {
  readonly held: boolean;
  /** What `then` or `else` said. */
  readonly taken: Branch;
}

export interface LoopRecord {
  readonly name?: string;
  readonly kind: Loop['kind'];
  /** Of the last attempt, in order; it has no entry for those that were never begun. */
  readonly iterations: readonly IterationRecord[];
}

export interface IterationRecord extends Timed {
  /** Counts from 0. */
  readonly index: number;
  readonly value: string;
  readonly status: 'success' | 'failed';
  readonly inputs: unknown;
  readonly outputs: readonly Outputs[];
  readonly documents: readonly DocumentResult[];
  readonly message?: string;
}
