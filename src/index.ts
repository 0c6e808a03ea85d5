export type { Recipe } from './recipe/define.ts';
export { defineRecipe } from './recipe/define.ts';
