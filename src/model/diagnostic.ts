import type { SourcePosition } from './position.ts';

/** A remark on what a person wrote; not wrong enough to stop. A `GildError` can be one. */
export interface Diagnostic {
  /** `TABS`, `VARIABLE_UNUSED` ... */
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly at?: SourcePosition | undefined;
  /** The lines around `at`, ready to print. */
  readonly frame?: string | undefined;
}
