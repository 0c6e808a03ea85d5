import type { Digest } from './digest.ts';
import type { SourcePosition } from './position.ts';

/** A component document in the AWSTOE language, parsed and validated; defaults are filled in. */
export interface ComponentDocument {
  readonly name: string;
  /** From the file's name or folder; documents carry none themselves. */
  readonly version: string;
  readonly description: string;
  readonly parameters: readonly Declaration[];
  readonly constants: readonly Declaration[];
  readonly phases: readonly Phase[];
  readonly disableLogging: boolean;
  /** Of the document's text and of nothing else. */
  readonly digest: Digest;
  /** Where it was read from; the recipe's file for inline steps. */
  readonly file: string;
}

/** A parameter (`value` is its default, if it has one) or a constant. */
export interface Declaration {
  readonly name: string;
  readonly value?: string;
  readonly description?: string;
}

export interface Phase {
  readonly name: string;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly name: string;
  /** Name of a registered action module. */
  readonly action: string;
  /** As written; references are still in it. */
  readonly inputs: unknown;
  readonly onFailure: 'Abort' | 'Continue' | 'Ignore';
  readonly maxAttempts: number;
  /** -1: none. */
  readonly timeoutSeconds: number;
  /** Set on the step, its phase or the document: what it writes is kept out of logs. */
  readonly disableLogging: boolean;
  readonly at: SourcePosition;
}
