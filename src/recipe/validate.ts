import { explain } from './explain.ts';
import type { Interpolated } from './interpolate.ts';
import type { RecipeKinds } from './kinds.ts';
import type { Problems } from './problems.ts';
import { recipeSchema, type ValidRecipe } from './schema.ts';
import { type Path, pathKey, type Source, valueAt } from './source.ts';

/** Optional sections that may be left empty: `tests:` with nothing behind it. */
const sections = ['components', 'tests', 'outputs', 'variables', 'secrets', 'config', 'files', 'limits'];

/** Checks the data against the schema; without `recipe`, problems were found. */
export function validate(
  source: Source,
  filled: Interpolated,
  context: { readonly kinds: RecipeKinds; readonly problems: Problems },
): { readonly data: unknown; readonly recipe?: ValidRecipe } {
  const { problems } = context;
  const schema = recipeSchema(context.kinds);
  const data = withoutEmpty(filled.data);
  const written = (path: Path) => (filled.whole.has(pathKey(path)) ? undefined : source.written(path));
  let result = explain(schema, data, written);
  // A reference alone keeps its variable's type; where text is wanted it is text after all.
  const asText = result.faults.filter((fault) => fault.wantsText && origin(fault.path, filled));
  if (asText.length > 0) {
    for (const { path } of asText) replace(data, path, textOf(path, filled));
    result = explain(schema, data, written);
  }
  for (const fault of result.faults) {
    if (problems.silenced(fault.path)) continue;
    const from = origin(fault.path, filled);
    if (!from) {
      problems.add(source, fault);
      continue;
    }
    const { name, type } = from.variable;
    const hint = `The value is that of the variable \`${name}\`, which is of type \`${type}\`.`;
    problems.add(source, { path: from.path, message: fault.message, hint });
  }
  return result.data === undefined ? { data } : { data, recipe: result.data };
}

/** The reference that a value, or the list it stands in, comes from. */
function origin(path: Path, { whole }: Interpolated) {
  for (const above of [path, path.slice(0, -1)]) {
    const found = whole.get(pathKey(above));
    if (found) return { ...found, path: above };
  }
  return undefined;
}

function textOf(path: Path, filled: Interpolated): string | undefined {
  const from = origin(path, filled);
  return from?.path === path ? from.value.text : from?.value.texts?.[Number(path.at(-1))];
}

function withoutEmpty(data: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data as Record<string, unknown>).filter(
      ([name, value]) => value !== null || !sections.includes(name),
    ),
  );
}

function replace(data: unknown, path: Path, value: unknown): void {
  const parent = valueAt(data, path.slice(0, -1));
  if (typeof parent === 'object' && parent !== null) Object.assign(parent, { [path.at(-1) ?? '']: value });
}
