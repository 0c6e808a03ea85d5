import type { GildError } from '../support/errors.ts';
import { formatProblem, type Problem } from '../support/format-problem.ts';
import type { Paint, Style } from './types.ts';

/** All that a person needs of an error: every problem with its place, and a way to report it if it is ours. */
export function errorText(error: GildError, paint: Paint): string {
  const text = problemText(error, paint, 'red');
  if (error.kind !== 'bug') return text;
  const trace = error.cause instanceof Error ? error.cause.stack : error.stack;
  return `${text}\n\n${paint('dim', trace ?? '')}\n\nThis is a bug in Gild. Please report it with the lines above.`;
}

export function warningText(warning: Problem, paint: Paint): string {
  return `${paint('yellow', 'warning')} ${problemText(warning, paint, 'yellow')}`;
}

/** Colour on top of the plain form. */
export function problemText(problem: Problem, paint: Paint, colour: Style): string {
  return formatProblem(problem)
    .split('\n')
    .map((line) => paintLine(line, paint, colour))
    .join('\n');
}

function paintLine(line: string, paint: Paint, colour: Style): string {
  const [, code, message] = /^([A-Z][A-Z_]{2,}|[a-z]+(?:-[a-z]+)+): (.*)$/.exec(line) ?? [];
  if (code !== undefined) return `${paint(colour, code)}: ${paint('bold', message ?? '')}`;
  if (/^\S.*:\d+:\d+$/.test(line)) return paint('cyan', line);
  if (/^ *\| *\^/.test(line)) return paint(colour, line);
  return /^ *\d+ \|/.test(line) ? paint('dim', line) : line;
}
