import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cpuTime } from '../../test/support/cpu-time.ts';
import { fc } from '../../test/support/properties.ts';
import { GildError } from '../support/errors.ts';
import { load } from './recipe-fixture.ts';

const seeds = ['my-app-image.yaml', 'every-field.yaml'].map((name) =>
  readFileSync(`${import.meta.dirname}/../../examples/${name}`, 'utf8'),
);
const fragments = [
  '{',
  '}',
  '[',
  ']',
  ': ',
  '- ',
  '\n',
  '\t',
  '"',
  "'",
  '|',
  '>',
  '&a ',
  '*a',
  '!!x ',
  '#',
  '? ',
  '%',
  '${var.',
  '}',
  '$${',
  '0755',
  'null',
  '~',
  '\u0000',
  '\ud800',
  '__proto__: x\n',
  '<<: ',
  '---\n',
  '\r',
  '🦄',
  'constructor: ',
  '.nan',
  '1e999',
];

const mutation = fc.record({
  kind: fc.constantFrom('delete', 'insert', 'repeat', 'swap'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 40 }),
  fragment: fc.oneof(fc.constantFrom(...fragments), fc.string({ maxLength: 8, unit: 'binary' })),
});

function mutate(
  text: string,
  { kind, at, length, fragment }: typeof mutation extends fc.Arbitrary<infer T> ? T : never,
): string {
  const start = Math.floor(at * text.length);
  const piece = text.slice(start, start + length);
  if (kind === 'delete') return text.slice(0, start) + text.slice(start + length);
  if (kind === 'insert') return text.slice(0, start) + fragment + text.slice(start);
  if (kind === 'repeat') return text.slice(0, start) + piece + text.slice(start);
  return text.slice(0, start) + fragment + text.slice(start + length);
}

/** Either it loads, or every problem has a place in a file. */
async function isJudged(text: string): Promise<void> {
  expect(await cpuTime(() => judge(text))).toBeLessThan(5000);
}

async function judge(text: string): Promise<void> {
  try {
    await load(text, { files: { 'my-app-image.yaml': '' } });
  } catch (error) {
    if (!(error instanceof GildError)) throw error;
    expect(error.code).toBe('RECIPE_INVALID');
    for (const problem of error.problems.length > 0 ? error.problems : [error]) {
      expect(problem.at?.file).toMatch(/recipe\.yaml$/);
      expect(problem.at?.line).toBeGreaterThan(0);
      expect(problem.at?.column).toBeGreaterThan(0);
      expect(problem.message).not.toMatch(/undefined|\[object|Invalid input|\u0001/);
    }
  }
}

/** More on demand: `GILD_FUZZ_RUNS=10000`. */
const numRuns = Number(process.env.GILD_FUZZ_RUNS ?? 150);

describe('any text at all', () => {
  it('is a recipe or gets its problems named with their places', async () => {
    const texts = fc
      .tuple(fc.constantFrom(...seeds), fc.array(mutation, { minLength: 1, maxLength: 6 }))
      .map(([seed, mutations]) => mutations.reduce(mutate, seed));
    await fc.assert(fc.asyncProperty(texts, isJudged), { numRuns });
  });

  it('is judged if it is any YAML value under the right names', async () => {
    const names = [
      'name',
      'version',
      'base',
      'components',
      'tests',
      'outputs',
      'variables',
      'secrets',
      'config',
      'files',
      'limits',
      'network',
      'epoch',
    ];
    const inner = fc.dictionary(
      fc.constantFrom(
        'name',
        'type',
        'path',
        'steps',
        'run',
        'to',
        'from',
        'env',
        'file',
        'default',
        'ports',
        'mode',
      ),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const recipes = fc.dictionary(
      fc.constantFrom(...names),
      fc.oneof(inner, fc.array(inner), fc.jsonValue({ maxDepth: 3 })),
    );
    await fc.assert(
      fc.asyncProperty(recipes, (recipe) => isJudged(JSON.stringify(recipe))),
      { numRuns },
    );
  });
});
