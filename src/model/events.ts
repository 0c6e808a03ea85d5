import type { Artifact, Verdict } from './artifact.ts';
import type { Digest } from './digest.ts';

/** Everything that happens in a run, in order; the step `resolve` comes before the run. `time` is milliseconds since 1970. */
export type GildEvent = { readonly time: number } & EventBody;

export type EventBody =
  | {
      readonly type: 'run.started';
      readonly runId: string;
      readonly image: string;
      readonly planId: string;
      readonly recipe: string;
    }
  /** Documents begin to run on a machine of their own, and nothing is recorded; `run.finished` ends this too. */
  | {
      readonly type: 'documents.started';
      readonly executionId: string;
      readonly documents: readonly string[];
      readonly base: string;
    }
  | { readonly type: 'step.started'; readonly step: string; readonly title: string; readonly detail?: string }
  /** Whole lines, already redacted. `stream: 'note'` is Gild's own remark on the step. */
  | {
      readonly type: 'step.output';
      readonly step: string;
      readonly stream: 'stdout' | 'stderr' | 'note';
      readonly lines: readonly string[];
    }
  | {
      readonly type: 'step.finished';
      readonly step: string;
      readonly status: StepStatus;
      readonly seconds: number;
      readonly failure?: Failure;
    }
  /** Whether a step, output or test used what was made before, or why it did not. */
  | ({ readonly type: 'cache'; readonly step: string; readonly key: Digest } & CacheOutcome)
  /** The state at the failure of a step can be looked at with `gild shell`. */
  | { readonly type: 'kept'; readonly runId: string; readonly step: string }
  | { readonly type: 'warning'; readonly code: string; readonly message: string; readonly step?: string }
  | { readonly type: 'verdict'; readonly verdict: Verdict }
  | { readonly type: 'artifact'; readonly artifact: Artifact }
  | {
      readonly type: 'image';
      readonly name: string;
      readonly version: string;
      readonly build: number;
      readonly state: string;
    }
  | {
      readonly type: 'run.finished';
      readonly status: RunStatus;
      readonly seconds: number;
      readonly failure?: Failure;
    };

export type CacheOutcome =
  /** `seconds` that it took the run that made it; `from`: the cache of other hosts that it came from. */
  | { readonly outcome: 'hit'; readonly runId: string; readonly seconds: number; readonly from?: string }
  | { readonly outcome: 'miss'; readonly reason: string };

/** A step's name is a path, `component/nginx/build/Install`: its parents are its prefixes. */
export type StepStatus = 'success' | 'failed' | 'ignored' | 'skipped' | 'reused' | 'cancelled';

export type RunStatus = 'success' | 'failed' | 'tests-failed' | 'cancelled';

/** What a person needs to see of a failure, without reading the log. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Exactly what ran. */
  readonly command?: readonly string[];
  readonly exitCode?: number;
  /** Last lines of stderr, or of stdout where stderr is empty. */
  readonly lastLines?: readonly string[];
  readonly position?: string;
  /** Text of the script that `command` ran, redacted. */
  readonly script?: string;
  /** Set where a step of a component failed. */
  readonly where?: FailedStep;
  /** Command line that comes to the same failure, where there is one that is shorter than the whole build. */
  readonly again?: readonly string[];
}

export interface FailedStep {
  readonly document: string;
  readonly phase: string;
  readonly step: string;
  readonly action: string;
  /** Counts from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
}

export type Emit = (event: EventBody) => void;
