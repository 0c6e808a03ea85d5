import type { SourcePosition } from '../model/position.ts';

/** What there is to say of a `GildError`, or of a warning. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly at?: SourcePosition | undefined;
  readonly frame?: string | undefined;
  readonly problems?: readonly Problem[];
}

/** An error as plain text: what, where, the lines around it, what to do. All its problems, if it has several. */
export function formatProblem(problem: Problem): string {
  const { problems = [], at } = problem;
  if (problems.length > 0) {
    const hint = problem.hint === undefined ? '' : ` ${problem.hint}`;
    return [...problems.map(formatProblem), problem.message + hint].join('\n\n');
  }
  return [
    `${problem.code}: ${problem.message}`,
    ...(at ? [`${at.file}:${at.line}:${at.column}`] : []),
    ...(problem.frame === undefined ? [] : [problem.frame]),
    ...(problem.hint === undefined ? [] : [problem.hint]),
  ].join('\n');
}
