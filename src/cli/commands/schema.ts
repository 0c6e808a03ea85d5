import { recipeKinds } from '../../build/kinds.ts';
import { recipeJsonSchema } from '../../recipe/json-schema.ts';
import type { Cli } from '../types.ts';

/** Prints the JSON Schema of recipes, made from the one that validates them. */
export async function schema(_options: Record<never, never>, cli: Cli): Promise<number> {
  cli.print(JSON.stringify(recipeJsonSchema(recipeKinds), undefined, 2));
  return 0;
}
