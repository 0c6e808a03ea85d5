import type { z } from 'zod';
import type { BaseSpec } from '../model/buildspec.ts';

/** What the recipe language takes from the plug-in rooms: their names and the schemas of their options. */
export interface RecipeKinds {
  readonly outputs: readonly OptionKind[];
  /** Kinds of test. */
  readonly checks: readonly OptionKind[];
  /** Names of registered platforms. */
  readonly platforms: readonly string[];
  /** Names of action modules; when given, inline steps are checked against them. */
  readonly actions?: readonly string[];
  /** Reads `debian:bookworm` and the like, and the options beside it. Throws `RECIPE_INVALID` with message and hint. */
  parseBase(reference: string, directory: string, options?: BaseSpec['options']): BaseSpec;
}

/** A member of a plug-in kind as far as recipes go; `Output` and `Check` are such. */
export interface OptionKind {
  readonly type: string;
  readonly summary: string;
  /** Of the options beside `type` (and, for tests, `name`). */
  readonly schema: z.ZodObject;
}
