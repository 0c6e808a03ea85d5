import type { z } from 'zod';
import type { ExplainContext } from './fault.ts';
import { type Path, valueAt } from './source.ts';
import { listed, similar } from './words.ts';

type Branch = readonly z.core.$ZodIssue[];

/** Of a union's members, the one that the value comes nearest to; none if it is of no member's type. */
export function bestBranch(
  branches: readonly Branch[],
  path: Path,
  context: ExplainContext,
): Branch | undefined {
  const scored = branches
    .filter((branch) => !branch.some((issue) => issue.path.length === 0 && isWrongType(issue)))
    .map((branch) => ({ branch, score: distance(branch, path, context) }));
  const best = Math.min(...scored.map(({ score }) => score));
  const nearest = scored.filter(({ score }) => score === best).map(({ branch }) => branch);
  const names = nearest.map((branch) => onlyMissing(branch, path, context));
  if (nearest.length > 1 && names.every((name) => name !== undefined)) {
    return [{ code: 'custom', path: [], message: `needs ${listed(names)}` }];
  }
  return nearest[0];
}

/** The field without which a branch would fit. */
function onlyMissing(branch: Branch, path: Path, context: ExplainContext): string | undefined {
  const [issue, ...others] = branch;
  if (!issue || others.length > 0 || !isMissing(issue, path, context)) return undefined;
  return String(issue.path.at(-1));
}

/** The types that the members of a union want. */
export function wantedTypes(branches: readonly Branch[]): string[] {
  return branches.flatMap((branch) =>
    branch.flatMap((issue) => {
      if (issue.path.length > 0) return [];
      if (issue.code === 'invalid_type') return [issue.expected];
      if (issue.code === 'invalid_union') return wantedTypes(issue.errors);
      return issue.code === 'invalid_value' ? ['string'] : [];
    }),
  );
}

function isWrongType(issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'invalid_union')
    return (
      issue.errors.length > 0 &&
      issue.errors.every((inner) => inner.some((one) => one.path.length === 0 && isWrongType(one)))
    );
  return issue.code === 'invalid_type';
}

/** Fields too many and too few; a near miss counts little. */
function distance(branch: Branch, path: Path, context: ExplainContext): number {
  let score = 0;
  const missing: string[] = [];
  const unknown: string[] = [];
  for (const issue of branch) {
    if (issue.code === 'unrecognized_keys') unknown.push(...issue.keys);
    else if (isMissing(issue, path, context)) missing.push(String(issue.path.at(-1)));
    else score += issue.code === 'invalid_value' && issue.path.length === 0 ? 1 : 0.4;
  }
  for (const key of unknown) score += similar(key, missing) === undefined ? 2 : 0.2;
  return score + missing.filter((key) => similar(key, unknown) === undefined).length * 2;
}

export function isMissing(issue: z.core.$ZodIssue, above: Path, context: ExplainContext): boolean {
  const path = [...above, ...(issue.path as (string | number)[])];
  if (path.length === 0 || valueAt(context.data, path) !== undefined) return false;
  return issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union';
}
