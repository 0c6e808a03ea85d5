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
  /** `string` where it is absent; the others are Gild's own, and their values are text all the same. */
  readonly type?: 'number' | 'boolean' | 'list';
  /** Values that are allowed, each of them; of a list, for each entry. */
  readonly oneOf?: readonly string[];
  /** RE2 expression that a value, or each entry of a list, matches from end to end. */
  readonly pattern?: string;
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
  readonly if?: StepCondition;
  readonly loop?: Loop;
  readonly onFailure: 'Abort' | 'Continue' | 'Ignore';
  readonly maxAttempts: number;
  /** Waiting between attempts; without it there is none. */
  readonly retry?: Backoff;
  /** -1: none. Over all iterations of a loop together. */
  readonly timeoutSeconds: number;
  /** Set on the step, its phase or the document: what it writes is kept out of logs. */
  readonly disableLogging: boolean;
  readonly at: SourcePosition;
}

/** Decides once, before a step runs for the first time, what becomes of it. */
export interface StepCondition {
  readonly when: Condition;
  /** What `then` says. */
  readonly ifTrue: Branch;
  /** What `else` says. */
  readonly ifFalse: Branch;
}

/** `Abort`: the step fails without having run. */
export type Branch = 'Execute' | 'Skip' | 'Abort';

/** Operands are as written; references are still in them. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | Comparison;

export interface Comparison {
  readonly kind: 'compare';
  /** A key of the table in `component/condition/operators.ts`. */
  readonly operator: string;
  /** What stands beside the operator. */
  readonly operand: string;
  /** `value` or `path`, for operators that compare two things. */
  readonly subject?: string;
}

/** Values of a loop, as written; `index` counts from 0. */
export type Loop = {
  readonly name?: string;
  /** A new attempt goes on at the iteration that failed, and keeps what the earlier ones put out. */
  readonly resume?: boolean;
} & (
  | { readonly kind: 'for'; readonly start: string; readonly end: string; readonly updateBy: string }
  | { readonly kind: 'each'; readonly values: readonly string[] }
  | { readonly kind: 'split'; readonly list: string; readonly delimiter: string }
);

/** The first wait is `delaySeconds`, each further one `factor` times as long, none longer than `maxDelaySeconds`. */
export interface Backoff {
  readonly delaySeconds: number;
  readonly factor: number;
  readonly maxDelaySeconds: number;
}
