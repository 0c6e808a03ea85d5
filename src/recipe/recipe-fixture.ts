import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { GildError } from '../support/errors.ts';
import { formatProblem } from '../support/format-problem.ts';
import type { RecipeKinds } from './kinds.ts';
import { type LoadedRecipe, type LoadOptions, loadRecipe } from './load.ts';

/** Kinds for tests of the language: enough of each to see what the language does with them. */
export const someKinds: RecipeKinds = {
  platforms: ['sandbox'],
  actions: ['ExecuteBash', 'CreateFile', 'UpdateOS', 'Reboot'],
  outputs: [
    {
      type: 'oci',
      summary: 'OCI image layout',
      schema: z.strictObject({
        compression: z.enum(['zstd', 'gzip']).default('zstd').describe('Of the layers.'),
      }),
    },
    { type: 'rootfs', summary: 'A tar', schema: z.strictObject({}) },
  ],
  checks: [
    { type: 'reboot', summary: 'Reboots', schema: z.strictObject({}) },
    {
      type: 'command',
      summary: 'Runs a command',
      schema: z.strictObject({
        run: z.string().min(1).describe('What to run.'),
        exitCode: z.int().min(0).max(255).default(0).describe('Expected exit code.'),
      }),
    },
    {
      type: 'port',
      summary: 'Waits for a port',
      schema: z.strictObject({ port: z.int().min(1).max(65_535).describe('TCP port.') }),
    },
  ],
  parseBase: (reference, _directory, options = {}) => {
    const [kind = '', suite = ''] = reference.split(':');
    if (kind === 'debian' && suite === 'bookworm') return { kind, reference, options: { suite, ...options } };
    throw new GildError({
      code: 'RECIPE_INVALID',
      message: `There is no base "${reference}".`,
      hint: 'Did you mean debian:bookworm?',
    });
  },
};

export interface FixtureOptions extends Partial<LoadOptions> {
  /** `recipe.yaml` by default. */
  readonly fileName?: string;
  /** More files, by name. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** Writes the recipe to a folder of its own and loads it. */
export async function load(recipe: string | Uint8Array, options: FixtureOptions = {}): Promise<LoadedRecipe> {
  return inFolder(recipe, options, (path, rest) => loadRecipe(path, rest));
}

/** What a person is told about a recipe, without the name of the folder it stands in. */
export async function diagnose(recipe: string | Uint8Array, options: FixtureOptions = {}): Promise<string> {
  return inFolder(recipe, options, async (path, rest) => {
    const tell = (text: string) => text.replaceAll(`${dirname(path)}/`, '');
    try {
      const { warnings } = await loadRecipe(path, rest);
      return tell(
        warnings
          .map(({ message, hint, frame, at }) =>
            [`warning: ${message}`, `${at?.file}:${at?.line}:${at?.column}`, frame, hint].join('\n'),
          )
          .join('\n\n'),
      );
    } catch (error) {
      if (error instanceof GildError) return tell(formatProblem(error));
      throw error;
    }
  });
}

async function inFolder<T>(
  recipe: string | Uint8Array,
  { fileName = 'recipe.yaml', files = {}, ...options }: FixtureOptions,
  use: (path: string, options: LoadOptions) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'gild-recipe-'));
  try {
    for (const [name, content] of Object.entries({ ...files, [fileName]: recipe })) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    const varFiles = (options.varFiles ?? []).map((name) => join(folder, name));
    return await use(join(folder, fileName), { kinds: someKinds, vars: {}, env: {}, ...options, varFiles });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
