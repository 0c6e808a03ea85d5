import { RE2JS } from 're2js';
import { AttemptEnded } from '../attempt-ended.ts';

/** RE2 never goes back in a text, so no pattern runs wild on any. */
export function searches(pattern: string, text: string): boolean {
  const problem = patternProblem(pattern);
  if (problem) throw new AttemptEnded(`\`${pattern.slice(0, 60)}\` is not ${problem}`);
  return RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE).matcher(text).find();
}

/** Whether the whole text is matched, with regard to case. */
export function matchesWhole(pattern: string, text: string): boolean {
  return RE2JS.compile(pattern).matcher(text).matches();
}

/** Compiling takes memory and time in proportion to it. */
const longest = 1000;

/** What was expected instead of a text that is no pattern. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > longest) return `an expression of ${longest} characters at most`;
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return `an RE2 expression (${error instanceof Error ? error.message : String(error)})`;
  }
}
