import { z } from 'zod';
import { bestBranch } from './best-branch.ts';
import type { ExplainContext, Fault, FlatIssue } from './fault.ts';
import { faultOf } from './fault-words.ts';
import { type Path, pathKey } from './source.ts';

export interface Explained<T> {
  /** Absent if there are faults. */
  readonly data?: T;
  readonly faults: readonly Fault[];
}

/** Nobody reads more than that. */
const enough = 500;

/** Checks data against a schema; of a union, the member that the writer most likely meant speaks. */
export function explain<S extends z.ZodType>(
  schema: S,
  data: unknown,
  written: (path: Path) => string | undefined = () => undefined,
): Explained<z.output<S>> {
  const owners = new WeakMap<object, readonly string[]>();
  // Zod writes and compiles a function for each object that it meets, which only pays for many recipes.
  const result = schema.safeParse(data, { jitless: true, error: (issue) => remember(issue, owners) });
  if (result.success) return { data: result.data, faults: [] };
  const context: ExplainContext = {
    data,
    written,
    allowed: (keys) => owners.get(keys) ?? [],
    top: schema instanceof z.ZodObject ? Object.keys(schema.shape) : [],
  };
  const issues = result.error.issues.slice(0, enough).flatMap((issue) => flatten(issue, [], context));
  return { faults: withoutTypos(issues.flatMap((flat) => faultOf(flat, context))) };
}

/** Keeps the fields that an object allows, and says what a missing field is for. */
function remember(
  issue: z.core.$ZodRawIssue,
  owners: WeakMap<object, readonly string[]>,
): string | undefined {
  const schema = issue.inst;
  if (issue.code === 'unrecognized_keys' && schema instanceof z.ZodObject)
    owners.set(issue.keys, Object.keys(schema.shape));
  if (issue.input !== undefined || !(schema instanceof z.ZodType)) return undefined;
  return schema.description === undefined ? undefined : `\u0001${schema.description}`;
}

function flatten(issue: z.core.$ZodIssue, above: Path, context: ExplainContext): FlatIssue[] {
  const path = [...above, ...(issue.path as (string | number)[])];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ issue, path }];
  const branch = bestBranch(issue.errors, path, context);
  return branch ? branch.flatMap((inner) => flatten(inner, path, context)) : [{ issue, path }];
}

/** A missing field needs no words of its own when an unknown one beside it looks like its misspelling. */
function withoutTypos(faults: readonly Fault[]): Fault[] {
  const meant = new Set(
    faults.flatMap((fault) => (fault.meant ? [pathKey([...fault.path.slice(0, -1), fault.meant])] : [])),
  );
  return faults.filter((fault) => !fault.missing || !meant.has(pathKey(fault.path)));
}
