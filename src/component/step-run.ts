import type { Phase, Step } from '../model/component.ts';
import type { Redact } from '../support/redact.ts';
import type { RunPhasesOptions } from './interpreter.ts';
import type { LanguageContext } from './language-context.ts';
import type { DocumentResult } from './records.ts';
import type { Outside, Remembered } from './resolve-references.ts';
import type { StepLog } from './step-log.ts';

/** A document while it runs. */
export interface DocumentRun {
  readonly options: RunPhasesOptions;
  readonly context: LanguageContext;
  readonly executionId: string;
  readonly signal: AbortSignal;
  /** Grows with each secret that the document comes to know. */
  readonly redact: Redact;
  readonly learn: (name: string, value: string) => void;
  /** Parameters and constants. */
  readonly values: Readonly<Record<string, string>>;
  /** What its steps have left, by `phase.step`. */
  readonly remembered: Map<string, Remembered>;
  /** For documents inside this one. */
  readonly runPhases: (options: RunPhasesOptions) => Promise<DocumentResult>;
}

/** A step while it runs. */
export interface StepRun extends DocumentRun {
  readonly phase: Phase;
  readonly step: Step;
  /** Full name, for events. */
  readonly name: string;
  readonly outside: Outside;
  readonly log: StepLog;
  /** Documents that the attempt has run, in order. */
  readonly nested: DocumentResult[];
}
