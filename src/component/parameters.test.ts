import { expect, it } from 'vitest';
import { GildError } from '../support/errors.ts';
import { parseDocument } from './document.ts';
import { checkParameters } from './parameters.ts';

const { document } = parseDocument(
  `schemaVersion: 1.0
parameters:
  - Name: {type: string, description: Login name.}
  - Shell: {type: string, default: /bin/sh}
  - Empty: {type: string, default: ''}
constants:
  - Home: {type: string, value: /home}
phases: [{name: build, steps: [{name: One, action: Reboot}]}]
`,
  { file: 'user.yaml', name: 'user' },
);

it('fills in defaults, empty ones as well', () => {
  expect(checkParameters(document, { Name: 'ann' })).toEqual({
    values: { Name: 'ann', Shell: '/bin/sh', Empty: '' },
    warnings: [],
  });
});

it('names a parameter that is missing, and the one given that was probably meant', () => {
  expect(failure({})).toBe('user needs a value for its parameter `Name`. Login name.');
  expect(failure({ name: 'ann' })).toBe(
    'user needs a value for its parameter `Name`. `name` was given; did you mean `Name`?',
  );
});

it('warns of values for parameters that there are not', () => {
  const { warnings } = checkParameters(document, { Name: 'ann', Shel: 'x', Home: '/x', Quite: 'y' });
  expect(warnings.map((warning) => `${warning.message} ${warning.hint}`)).toMatchInlineSnapshot(`
    [
      "user has no parameter \`Shel\`; the value is ignored. Did you mean \`Shell\`?",
      "user has no parameter \`Home\`; the value is ignored. That is a constant of the document.",
      "user has no parameter \`Quite\`; the value is ignored. It has \`Name\`, \`Shell\`, \`Empty\`.",
    ]
  `);
});

function failure(given: Record<string, string>): string {
  try {
    checkParameters(document, given);
  } catch (error) {
    if (error instanceof GildError && error.code === 'PARAMETER_INVALID')
      return `${error.message} ${error.hint}`;
    throw error;
  }
  return 'valid';
}

it('checks values against type, `oneOf` and `pattern`, defaults already where they are written', () => {
  const typed = (body: string) =>
    parseDocument(
      `schemaVersion: 1.0
parameters: [{Value: ${body}}]
phases: [{name: build, steps: [{name: One, action: Reboot}]}]
`,
      { file: 'typed.yaml', name: 'typed' },
    ).document;
  const problemOf = (body: string, Value: string) => {
    try {
      checkParameters(typed(body), { Value });
      return undefined;
    } catch (error) {
      return (error as GildError).message.replace('The parameter `Value` of typed must be ', '');
    }
  };
  expect(problemOf('{type: number}', '1.5')).toBeUndefined();
  expect(problemOf('{type: number}', 'many')).toBe('a number.');
  expect(problemOf('{type: boolean}', 'yes')).toBe('`true` or `false`.');
  expect(problemOf('{type: string, oneOf: [a, b]}', 'c')).toBe('one of `a`, `b`.');
  expect(problemOf('{type: string, pattern: "v[0-9]+"}', 'v12')).toBeUndefined();
  expect(problemOf('{type: string, pattern: "v[0-9]+"}', 'v12x')).toBe('text that matches `v[0-9]+`.');
  expect(problemOf('{type: list, oneOf: [a, b]}', 'a,b')).toBeUndefined();
  expect(problemOf('{type: list, oneOf: [a, b]}', 'a,c')).toBe('a list whose entries are one of `a`, `b`.');
  expect(checkParameters(typed('{type: list, default: [a, b]}'), {}).values).toEqual({ Value: 'a,b' });
  expect(() => typed('{type: number, default: x}')).toThrow('The default of `Value` must be a number.');
  expect(() => typed('{type: list, default: ["a,b"]}')).toThrow('must be a list of texts without commas');
  expect(() => typed('{type: string, pattern: "("}')).toThrow(
    '`pattern` of `Value` must be an RE2 expression',
  );
});
