import type { z } from 'zod';
import type { Part, Path } from './source.ts';

/** One thing that a schema says against a value, in words for the person who wrote it. */
export interface Fault {
  readonly path: Path;
  readonly part: Part;
  readonly message: string;
  readonly hint?: string | undefined;
  /** Text was expected and a number or a boolean found. */
  readonly wantsText?: boolean;
  readonly missing?: boolean;
  /** The field beside it that an unknown one probably stands for. */
  readonly meant?: string | undefined;
}

/** An issue of the schema with its path from the top, unions already decided. */
export interface FlatIssue {
  readonly issue: z.core.$ZodIssue;
  readonly path: Path;
}

export interface ExplainContext {
  readonly data: unknown;
  readonly written: (path: Path) => string | undefined;
  /** Names of the fields that are allowed where an unknown one was found. */
  readonly allowed: (keys: readonly string[]) => readonly string[];
  /** Names of the fields of the whole. */
  readonly top: readonly string[];
}
