import { dirname } from 'node:path';
import type { BuildSpec } from '../model/buildspec.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { createRedactor } from '../support/redact.ts';
import { crossCheck } from './cross-checks.ts';
import { checkHostFiles } from './host-files.ts';
import { interpolate } from './interpolate.ts';
import type { RecipeKinds } from './kinds.ts';
import { moduleSource } from './module-source.ts';
import { createProblems, type Problems } from './problems.ts';
import { readBase } from './read-base.ts';
import { findRecipe, type RecipeFile, readText } from './read-file.ts';
import { type Source, valueAt } from './source.ts';
import { buildSpec } from './spec.ts';
import { isTextValue } from './text-values.ts';
import { validate } from './validate.ts';
import { readVariables, type Variable } from './variables.ts';
import { yamlSource } from './yaml-source.ts';

export interface LoadOptions {
  readonly kinds: RecipeKinds;
  /** From `--var`; they win over all others. */
  readonly vars: Readonly<Record<string, string>>;
  /** From `--var-file`, YAML or JSON; later ones win. */
  readonly varFiles: readonly string[];
  /** For `GILD_VAR_*`. */
  readonly env: NodeJS.ProcessEnv;
}

export interface LoadedRecipe {
  readonly spec: BuildSpec;
  readonly warnings: readonly Diagnostic[];
  /** Values that no log may show. */
  readonly sensitive: readonly string[];
}

/**
 * Reads a recipe (YAML, JSON, TypeScript, or a folder with one). Throws `RECIPE_NOT_FOUND`, or `RECIPE_INVALID` with
 * every problem in `problems`.
 */
export async function loadRecipe(path: string, options: LoadOptions): Promise<LoadedRecipe> {
  const file = await findRecipe(path);
  const problems = createProblems();
  const source = await recipeSource(file, problems);
  const files = await Promise.all(options.varFiles.map((name) => variableFile(name, problems)));
  const context = { kinds: options.kinds, directory: dirname(file.path), problems };
  if (!isRecipe(source, problems)) throw problems.error(file.shown);

  const variables = readVariables(source, { env: options.env, files, flags: options.vars }, problems);
  const sensitive = sensitiveValues(variables);
  problems.redact(createRedactor([...sensitive, ...secretValues(source, options.env)]));
  const filled = interpolate(source, variables, problems);
  const { data, recipe } = validate(source, filled, context);
  const base = readBase(source, data, context);
  crossCheck(source, data, problems, options.env);
  await checkHostFiles(source, data, context);
  if (problems.count > 0 || !recipe || !base) throw problems.error(file.shown);

  warnOfVariables(source, variables, filled, problems);
  return {
    spec: buildSpec(recipe, { source, path: file.path, kinds: options.kinds, base }),
    warnings: problems.warnings(),
    sensitive,
  };
}

async function recipeSource(file: RecipeFile, problems: Problems): Promise<Source> {
  if (file.kind === 'module') return moduleSource(file, problems);
  const options = { file: file.shown, problems, asWritten: isTextValue, lost: problems.silence };
  return yamlSource(await readText(file), options);
}

async function variableFile(name: string, problems: Problems): Promise<Source> {
  const file = await findRecipe(name);
  const source = yamlSource(await readText(file), {
    file: file.shown,
    problems,
    asWritten: () => false,
    lost: () => {},
  });
  const { data } = source;
  if (data !== undefined && data !== null && (typeof data !== 'object' || Array.isArray(data))) {
    problems.add(source, { path: [], message: 'A variable file consists of `name: value` lines.' });
  }
  return source;
}

function isRecipe(source: Source, problems: Problems): boolean {
  if (source.data === undefined) return false;
  if (source.data === null) {
    const hint = 'The smallest recipe is `name: web-server` and `version: 1.0.0`, a line each.';
    problems.add(source, { path: [], message: 'The recipe is empty.', hint });
  } else if (Array.isArray(source.data) || typeof source.data !== 'object') {
    const found = Array.isArray(source.data) ? 'a list' : 'a single value';
    const message = `A recipe consists of fields such as \`name: web-server\`; this is ${found}.`;
    problems.add(source, { path: [], message, hint: 'Start with `name:` and `version:`.' });
  } else {
    return true;
  }
  return false;
}

function sensitiveValues(variables: ReadonlyMap<string, Variable>): string[] {
  const values = [...variables.values()].flatMap(({ sensitive, given, value }) =>
    sensitive ? [given, value?.text].flat() : [],
  );
  return [...new Set(values.filter((value) => value !== undefined && value !== '').map(String))];
}

/** What the environment holds for the recipe's secrets. */
function secretValues(source: Source, env: NodeJS.ProcessEnv): string[] {
  const secrets = valueAt(source.data, ['secrets']);
  const names = Object.keys(typeof secrets === 'object' && secrets !== null ? secrets : {});
  return names.flatMap((id) => env[String(valueAt(secrets, [id, 'env']))] ?? []);
}

function warnOfVariables(
  source: Source,
  variables: ReadonlyMap<string, Variable>,
  filled: ReturnType<typeof interpolate>,
  problems: Problems,
): void {
  for (const name of variables.keys()) {
    if (filled.used.has(name)) continue;
    problems.warn(source, 'VARIABLE_UNUSED', {
      path: ['variables', name],
      part: 'key',
      message: `The variable \`${name}\` is not used.`,
    });
  }
  for (const path of filled.sensitive) {
    if (path[0] !== 'config') continue;
    const message =
      'A sensitive variable is used here, but what is in `config` can be read by everybody who has the image.';
    problems.warn(source, 'SENSITIVE_IN_CONFIG', { path, message, hint: 'Use a secret instead.' });
  }
}
