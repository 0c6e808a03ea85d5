import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import { quoted } from './findings.ts';

const pattern = z.string().min(1).max(1000).refine(isPattern, 'not a valid JavaScript regular expression');
const part = z.string().min(1).max(10_000);

export const containsSchema = z.union([part, z.array(part).min(1).max(50)]);
export const matchesSchema = pattern;

export const textExpectation = z.strictObject({
  contains: containsSchema.optional().describe('Text that must occur; of a list, every one.'),
  matches: matchesSchema
    .optional()
    .describe('JavaScript regular expression; `^` and `$` stand for line ends.'),
});

export type TextExpectation = z.output<typeof textExpectation>;

/** What is wrong with the text, each as `expected ..., found ...`. */
export function textDifferences(text: string, expected: TextExpectation, where: string): string[] {
  const differences: string[] = [];
  for (const part of [expected.contains ?? []].flat()) {
    if (!text.includes(part))
      differences.push(`expected ${where} to contain ${quoted(part)}, found ${excerpt(text)}`);
  }
  if (expected.matches !== undefined && !matches(expected.matches, text)) {
    differences.push(`expected ${where} to match /${expected.matches}/, found ${excerpt(text)}`);
  }
  return differences;
}

export function excerpt(text: string): string {
  return text === '' ? 'nothing' : quoted(text.trimEnd());
}

/** A pattern that runs wild on hostile text ends after two seconds, as no match. */
function matches(source: string, text: string): boolean {
  try {
    return (
      runInNewContext('new RegExp(source, "m").test(text)', { source, text }, { timeout: 2000 }) === true
    );
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  }
}

function isPattern(source: string): boolean {
  try {
    new RegExp(source, 'm');
    return true;
  } catch {
    return false;
  }
}
