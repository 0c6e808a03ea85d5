import type { z } from 'zod';
import type { RecipeSchema } from './schema.ts';

/** Stands for the value of a variable. */
export type VariableReference = `${string}\${var.${string}}${string}`;

/** Any text, number, choice or list can be a reference to a variable instead. */
export type WithReferences<T> = T extends string | number | boolean
  ? T | VariableReference
  : T extends readonly (infer Item)[]
    ? readonly WithReferences<Item>[] | VariableReference
    : T extends object
      ? { readonly [Key in keyof T]: WithReferences<T[Key]> }
      : T;

/** A recipe as TypeScript has it. */
export type Recipe = WithReferences<z.input<RecipeSchema>>;

/** Gives a recipe in TypeScript its type: `export default defineRecipe({ name: 'web-server', version: '1.0.0' })`. */
export function defineRecipe(recipe: Recipe): Recipe {
  return recipe;
}
