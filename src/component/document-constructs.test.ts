import { describe, expect, it } from 'vitest';
import { GildError } from '../support/errors.ts';
import { parseDocument } from './document.ts';

/** A step with one more key, on line 7 and below. */
function step(more: string, inputs = 'commands: [a]', action = 'ExecuteBash'): string {
  return `schemaVersion: 1.0
parameters: [{Count: {type: string, default: "3"}}]
phases:
  - name: build
    steps:
      - name: One
        ${more.replaceAll('\n', '\n        ')}
        action: ${action}
        inputs: {${inputs}}
`;
}

function problemsOf(text: string): string[] {
  try {
    return parseDocument(text, { file: 'x.yaml' }).warnings.map(shown);
  } catch (error) {
    if (!(error instanceof GildError)) throw error;
    return error.problems.length > 0 ? error.problems.map(shown) : [shown(error)];
  }
}

function shown({ at, message, hint }: GildError): string {
  return `${at?.line}:${at?.column} ${message}${hint ? ` ${hint}` : ''}`;
}

const nested = (levels: number): string =>
  levels === 0 ? '{fileExists: /x}' : `{not: ${nested(levels - 1)}}`;

describe('a condition', () => {
  it.each([
    'if: {fileExists: /etc/os-release}',
    'if: {stringEquals: a, value: b, then: Abort, else: Execute}',
    'if:\n  not:\n    stringIsEmpty: a\n    then: Skip',
    'if:\n  - and: [{binaryExists: sh}, {numberLessThan: 1, value: "{{ Count }}"}]\n    else: Abort',
    'if: {fileMD5Equals: d41d8cd98f00b204e9800998ecf8427e, path: /x}',
    'if: {stringIsEmpty: }',
    `if: ${nested(4)}`,
  ])('may be written %j', (text) => {
    expect(problemsOf(step(text))).toEqual([]);
  });

  it.each([
    [
      'if: true',
      '7:13 `if` is a map with one operator. Write for example `if: {fileExists: /etc/os-release}`.',
    ],
    ['if: {fileExsts: /x}', '7:14 `fileExsts` is not an operator. Did you mean `fileExists`?'],
    [
      'if: {fileExists: /x, folderExists: /y}',
      '7:30 A condition has one operator; this one has `fileExists` and `folderExists`. Put them into a list below `and` or `or`.',
    ],
    ['if: {stringEquals: a}', '7:14 `stringEquals` needs `value` beside it.'],
    ['if: {fileExists: /x, value: b}', '7:30 `value` has no place beside `fileExists`.'],
    ['if: {fileExists: [a]}', '7:26 `fileExists` must be text or a number.'],
    ['if: {fileExists: /x, then: Skp}', '7:36 `then` must be Execute, Skip or Abort. Did you mean `Skip`?'],
    ['if: {and: {fileExists: /x}}', '7:19 `and` takes a list of conditions. Put `- ` before each.'],
    [
      'if: {or: [{fileExists: /x}, a]}',
      '7:37 A condition is a map with one operator. Write for example `if: {fileExists: /etc/os-release}`.',
    ],
    ['if: {numberEquals: ten, value: 1}', '7:28 `numberEquals` must be a number such as `10` or `-1.5`.'],
    ['if: {fileSHA256Equals: abc, path: /x}', '7:32 `fileSHA256Equals` must be 64 hex digits.'],
    [
      'if: {patternMatches: "(a", value: b}',
      '7:30 `patternMatches` must be an RE2 expression (error parsing regexp: missing closing ): `(a`).',
    ],
    [
      `if: {patternMatches: "${'[a-z]{500}'.repeat(101)}", value: b}`,
      '7:30 `patternMatches` must be an expression of 1000 characters at most.',
    ],
    [`if: ${nested(5)}`, '7:38 `and`, `or` and `not` are nested more than 4 levels deep.'],
    [
      'if: {stringIsEmpty: "{{ Cuont }}"}',
      '7:30 There is no parameter or constant `Cuont`. Did you mean `Count`?',
    ],
    [
      'loop: {forEach: [a]}\nif: {stringIsEmpty: "{{ loop.value }}"}',
      '8:30 The condition is judged once, before the loop begins; there is no `loop` yet.',
    ],
  ])('written %j is refused', (text, problem) => {
    expect(problemsOf(step(text))).toEqual([problem]);
  });

  it('is what Assert takes as inputs, and nothing else', () => {
    expect(problemsOf(step('onFailure: Abort', 'stringEquals: a, value: b', 'Assert'))).toEqual([]);
    expect(problemsOf(step('onFailure: Abort', 'stringEquals: a', 'Assert'))).toEqual([
      '9:18 `stringEquals` needs `value` beside it.',
    ]);
    expect(problemsOf(step('onFailure: Abort', 'commands: [a]', 'Assert'))[0]).toMatch(
      /9:18 `commands` is not/,
    );
  });
});

describe('a loop', () => {
  it.each([
    'loop: {for: {start: 1, end: 9, updateBy: 2}}',
    'loop: {for: {start: 3, end: -3, updateBy: -1}}',
    'loop: {for: {start: 1, end: "{{ Count }}", updateBy: 1}}',
    'loop: {name: items, forEach: [a, 1, true, "{{ Count }}"]}',
    'loop: {forEach: {list: "a,b"}}',
    `loop: {forEach: {list: "a b", delimiter: '\\n'}}`,
    'loop: {forEach: {list: "a b", delimiter: " "}, resume: true}',
  ])('may be written %j', (text) => {
    expect(problemsOf(step(text, 'commands: ["{{ loop.value }}"]'))).toEqual([]);
  });

  it.each([
    ['loop: 3', /^7:15 `loop` is a map with `for` or `forEach`/],
    ['loop: {name: items}', /^7:15 A loop has either `for` or `forEach`; this one has neither/],
    ['loop: {forEach: [a], for: {start: 1, end: 2, updateBy: 1}}', /this one has both/],
    ['loop: {forEech: [a]}', /^7:16 `forEech` is not a key of a loop. Did you mean `forEach`\?/],
    ['loop: {forEach: []}', /^7:25 `forEach` is an empty list/],
    ['loop: {forEach: "a,b"}', /^7:25 `forEach` is a list, or a map/],
    ['loop: {forEach: [[a]]}', /^7:26 Each entry of `forEach` must be text/],
    ['loop: {forEach: {list: "a", delimiter: "|"}}', /^7:48 `delimiter` must be one of/],
    ['loop: {forEach: {delimiter: ","}}', /^7:25 `forEach` needs `list`/],
    ['loop: {for: {start: 1, end: 2}}', /^7:21 `for` needs `updateBy`/],
    ['loop: {for: {start: a, end: 2, updateBy: 1}}', /^7:29 `start` must be a whole number or a parameter/],
    ['loop: {for: {start: 1, end: 2, updateBy: 0}}', /^7:50 `updateBy` must not be 0/],
    ['loop: {for: {start: 1, end: 9, updateBy: -1}}', /^7:50 From 1 by -1, a loop never comes to 9/],
    ['loop: {for: {start: 9, end: 1, updateBy: 1}}', /From 9 by 1, a loop never comes to 1/],
    [
      'loop: {for: {start: 1, end: 900000, updateBy: 1}}',
      /^7:37 The loop has 900000 iterations; it may have 10000/,
    ],
    ['loop: {forEach: [a], resume: maybe}', /^7:38 `resume` must be true or false/],
    ['loop: {name: loop, forEach: [a]}', /^7:22 Every loop can be called `loop`/],
    ['loop: {name: "a b", forEach: [a]}', /^7:22 The name of a loop has 3 to 128/],
    ['loop: {forEach: ["{{ loop.value }}"]}', /^7:27 The list is read once, before the loop begins/],
  ])('written %j is refused', (text, problem) => {
    const [first = '', ...more] = problemsOf(step(text));
    expect([first, more]).toEqual([expect.stringMatching(problem), []]);
  });

  it('has a name that no other loop of the phase has', () => {
    const text = `schemaVersion: 1.0
phases:
  - name: build
    steps:
      - {name: One, action: Reboot, loop: {name: items, forEach: [a]}}
      - {name: Two, action: Reboot, loop: {name: items, forEach: [a]}}
  - name: test
    steps:
      - {name: One, action: Reboot, loop: {name: items, forEach: [a]}}
`;
    expect(problemsOf(text)).toEqual(['6:50 There are two loops named `items` in this phase.']);
  });

  it('of another step is text, with a warning', () => {
    const text = `schemaVersion: 1.0
phases:
  - name: build
    steps:
      - {name: One, action: ExecuteBash, loop: {name: items, forEach: [a]}, inputs: {commands: ['{{ items.value }}']}}
      - {name: Two, action: ExecuteBash, inputs: {commands: ['{{ items.value }}']}}
`;
    expect(problemsOf(text)).toEqual([
      '6:63 `items` has no value here, so the text stays as it is. The step has no `loop`.',
    ]);
  });
});

describe('a reference to the outside', () => {
  it.each([
    '{{ env:HOME }} {{ aws:ssm:/a/b:3 }} {{ aws:ssm:resolve(Count) }} {{ aws:imds:placement/region }}',
    '{{ context:uuid }} {{ secret:token }} {{ aws:ssm:resolve({{ Count }}) }}',
  ])('may be %s', (text) => {
    expect(problemsOf(step('onFailure: Abort', `commands: [${JSON.stringify(text)}]`))).toEqual([]);
  });

  it.each([
    ['{{ env: }}', '`env:` must be followed by a name.'],
    ['{{ context:dat }}', 'There is no `context:dat`. Did you mean `date`?'],
    [
      '{{ aws:imds:iam/info }}',
      'Credentials cannot be read from the instance metadata. `iam/` and `identity-credentials/` are out of bounds.',
    ],
    ['{{ aws:imds:/Identity-Credentials/ec2 }}', expect.stringMatching(/^9:30 Credentials cannot be read/)],
    ['{{ aws:imds:x/../iam/info }}', expect.stringMatching(/^9:30 Credentials cannot be read/)],
    ['{{ aws:ssm:resolve(Cuont) }}', 'There is no parameter or constant `Cuont`. Did you mean `Count`?'],
  ])('is refused as %s', (text, problem) => {
    const place = typeof problem === 'string' ? `9:30 ${problem}` : problem;
    expect(problemsOf(step('onFailure: Abort', `commands: ["${text}"]`))).toEqual([place]);
  });
});

describe('a step', () => {
  it.each([
    ['retry: {delaySeconds: 5}', []],
    ['retry: {delaySeconds: 0.5, factor: 1.5, maxDelaySeconds: 60}', []],
    [
      'retry: 5',
      [
        '7:16 `retry` is a map. Write `retry: {delaySeconds: 5}`, with `factor` and `maxDelaySeconds` if you like.',
      ],
    ],
    ['retry: {delay: 5}', [expect.stringMatching(/^7:17 `delay` is not a key of `retry`/)]],
  ])('with %j has the problems %j', (text, problems) => {
    expect(problemsOf(step(text))).toEqual(problems);
  });

  it('that runs another document has neither a time limit nor attempts of its own', () => {
    const run = (more: string) => problemsOf(step(more, 'document: other', 'ExecuteDocument'));
    expect([run('timeoutSeconds: -1'), run('maxAttempts: 1')]).toEqual([[], []]);
    expect(run('timeoutSeconds: 60')).toEqual([
      '7:25 `timeoutSeconds` must be -1 for this action, not `60`.',
    ]);
    expect(run('maxAttempts: 2')).toEqual(['7:22 `maxAttempts` must be 1 for this action, not `2`.']);
  });
});
