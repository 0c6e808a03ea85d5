import { describe, expect, it } from 'vitest';
import { textDifferences, textExpectation } from './text-expectation.ts';

describe('an expectation of text', () => {
  it('holds when all parts occur and the pattern matches a line', () => {
    expect(textDifferences('one\ntwo\n', { contains: ['one', 'two'], matches: '^two$' }, 'stdout')).toEqual(
      [],
    );
  });

  it('says what was expected and what was found, on one line and without escape sequences', () => {
    expect(
      textDifferences('a\n\u001b[31mb', { contains: 'c', matches: '^d' }, 'stdout'),
    ).toMatchInlineSnapshot(`
      [
        "expected stdout to contain "c", found "a\\n\\u001b[31mb"",
        "expected stdout to match /^d/, found "a\\n\\u001b[31mb"",
      ]
    `);
  });

  it('refuses a pattern that is none before anything runs', () => {
    expect(textExpectation.safeParse({ matches: '(' }).error?.issues.map(({ message }) => message)).toEqual([
      'not a valid JavaScript regular expression',
    ]);
  });

  it('ends a pattern that runs wild', () => {
    expect(textDifferences(`${'a'.repeat(40)}b`, { matches: '^(a+)+$' }, 'stdout')).toHaveLength(1);
  });
});
