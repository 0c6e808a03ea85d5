import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { validateRecipe } from './read-recipe.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-validate-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function validate(components: string) {
  const recipe = join(folder, 'recipe.yaml');
  await writeFile(recipe, `name: web\nversion: 1.0.0\ncomponents: ${components}\n`);
  return validateRecipe({ recipe, vars: {}, varFiles: [] });
}

describe('validating a recipe', () => {
  it('refuses a misspelt name, and a version that a known component does not have', async () => {
    await expect(validate('[ngnix, nginx@7.x.x]')).rejects.toMatchObject({
      code: 'RECIPE_INVALID',
      problems: [
        { message: 'There is no component `ngnix`.', hint: expect.stringContaining('Did you mean `nginx`?') },
        { message: 'There is no version 7.x.x of the component `nginx`.' },
      ],
    });
  });

  it('only remarks on a name like no other: its library may not be at hand', async () => {
    const { warnings } = await validate('[AmazonCloudWatchAgent, MyCustomComponent@1.0.0]');
    expect(warnings.map(({ message }) => message)).toEqual(['There is no component `MyCustomComponent`.']);
  });
});
