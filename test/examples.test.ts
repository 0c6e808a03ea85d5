import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recipeKinds } from '../src/build/kinds.ts';
import { loadRecipe } from '../src/recipe/load.ts';
import { output } from '../src/support/process.ts';

const folder = join(import.meta.dirname, '..', 'examples');
const recipes = readdirSync(folder).map((name) => join(folder, name));

describe('the examples', () => {
  it.each(recipes.filter((path) => !path.endsWith('typescript')))('%s is a valid recipe', async (path) => {
    const { spec } = await loadRecipe(path, { kinds: recipeKinds, vars: {}, varFiles: [], env: {} });
    expect(spec.name).not.toBe('');
  });

  it('are valid in TypeScript too', async () => {
    const script = `
      import { recipeKinds } from '${join(folder, '../src/build/kinds.ts')}';
      import { loadRecipe } from '${join(folder, '../src/recipe/load.ts')}';
      const options = { kinds: recipeKinds, vars: {}, varFiles: [], env: {} };
      const { spec } = await loadRecipe('${join(folder, 'typescript')}', options);
      process.stdout.write(spec.source.file);`;
    const loaded = await output([process.execPath, '--input-type=module', '-e', script]);
    expect(loaded).toBe(join(folder, 'typescript', 'recipe.ts'));
  });
});
