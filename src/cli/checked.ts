import { type OperatingSystem, operatingSystemNames } from '../model/operating-system.ts';
import { exitCodes } from '../support/errors.ts';
import type { Problem } from '../support/format-problem.ts';
import { problemText, warningText } from './error-text.ts';
import { createPaint, marksFor } from './paint.ts';
import type { Cli } from './types.ts';

/** What a validation found in one file. */
export interface Checked {
  readonly file: string;
  readonly problems: readonly Problem[];
  /** Operating systems that it fits, if that was asked. */
  readonly systems?: readonly OperatingSystem[];
  readonly warnings: readonly (Problem & { readonly fix?: Mending | undefined })[];
}

/** A change that `--fix` can make. */
interface Mending {
  readonly title: string;
  readonly safe: boolean;
}

/** Prints problems to stderr and one line per file to stdout, or all of it as JSON; returns the exit code. */
export function reportChecked(
  checked: readonly Checked[],
  { what, json }: { readonly what: string; readonly json: boolean },
  cli: Cli,
): number {
  const bad = checked.filter(({ problems }) => problems.length > 0);
  if (json) cli.print(JSON.stringify(checked.map(plainResult), undefined, 2));
  else for (const result of checked) printResult(result, what, cli);
  return bad.length > 0 ? exitCodes.user : 0;
}

function printResult({ file, problems, warnings, systems }: Checked, what: string, cli: Cli): void {
  const paint = createPaint(process.stderr);
  const marks = marksFor();
  for (const warning of warnings) cli.note(`${warningText(warning, paint)}\n`);
  for (const problem of problems) cli.note(`${problemText(problem, paint, 'red')}\n`);
  cli.print(
    problems.length === 0
      ? `${cli.paint('green', marks.success)} ${file} is a valid ${what}${systems ? ` for ${systems.map((system) => operatingSystemNames[system]).join(', ')}` : ''}.`
      : `${cli.paint('red', marks.failed)} ${file} has ${count(problems.length, 'problem')}.`,
  );
}

function plainResult({ file, problems, warnings, systems }: Checked): unknown {
  return {
    file,
    valid: problems.length === 0,
    ...(systems && { systems }),
    problems: problems.map(plainProblem),
    warnings: warnings.map(plainProblem),
  };
}

function plainProblem({ code, message, hint, at, fix }: Checked['warnings'][number]): unknown {
  return { code, message, hint, ...at, ...(fix && { fix: { title: fix.title, safe: fix.safe } }) };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
