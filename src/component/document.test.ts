import { expect, it } from 'vitest';
import { cpuTime } from '../../test/support/cpu-time.ts';
import { GildError } from '../support/errors.ts';
import { documentFromInline, parseDocument } from './document.ts';

const complete = `name: Web
description: A web server.
schemaVersion: 1.0
parameters:
  - Port: {type: string, default: 80, description: Where it listens.}
constants:
  - Root: {type: String, value: /srv}
phases:
  - name: build
    steps:
      - name: Install
        action: UpdateOS
      - name: Configure
        action: CreateFile
        onFailure: Continue
        maxAttempts: 3
        timeoutSeconds: -1
        disableLogging: true
        inputs:
          - path: '{{ Root }}/index.html'
            permissions: 0755
            content: 1.10
`;

function warningsOf(text: string): string[] {
  return parseDocument(text, { file: 'x.yaml' }).warnings.map(({ at, message, hint }) =>
    [`${at?.line}:${at?.column}`, message, hint].filter(Boolean).join(' '),
  );
}

function withCommand(command: string, head = ''): string {
  const quoted = JSON.stringify(command);
  return `schemaVersion: 1.0\n${head}phases: [{name: build, steps: [{name: One, action: ExecuteBash, inputs: {commands: [${quoted}]}}]}]`;
}

it('reads a document with its defaults filled in and numbers as they were written', () => {
  const { document, warnings } = parseDocument(complete, { file: 'web.yaml', version: '1.2.0' });
  expect(warnings).toEqual([]);
  expect(document).toMatchInlineSnapshot(`
    {
      "constants": [
        {
          "name": "Root",
          "value": "/srv",
        },
      ],
      "description": "A web server.",
      "digest": "sha256:29658d5b36e2cdc775051d074b01d93d83d1768725daa7468ba1425af4b95a16",
      "disableLogging": false,
      "file": "web.yaml",
      "name": "Web",
      "parameters": [
        {
          "description": "Where it listens.",
          "name": "Port",
          "value": "80",
        },
      ],
      "phases": [
        {
          "name": "build",
          "steps": [
            {
              "action": "UpdateOS",
              "at": {
                "column": 9,
                "file": "web.yaml",
                "line": 11,
              },
              "disableLogging": false,
              "inputs": undefined,
              "maxAttempts": 1,
              "name": "Install",
              "onFailure": "Abort",
              "timeoutSeconds": 7200,
            },
            {
              "action": "CreateFile",
              "at": {
                "column": 9,
                "file": "web.yaml",
                "line": 13,
              },
              "disableLogging": true,
              "inputs": [
                {
                  "content": "1.10",
                  "path": "{{ Root }}/index.html",
                  "permissions": "0755",
                },
              ],
              "maxAttempts": 3,
              "name": "Configure",
              "onFailure": "Continue",
              "timeoutSeconds": -1,
            },
          ],
        },
      ],
      "version": "1.2.0",
    }
  `);
});

it('takes the name of the file before the name in the document', () => {
  expect(parseDocument(complete, { file: 'web.yaml', name: 'nginx' }).document.name).toBe('nginx');
});

it('reads JSON, indented with tabs as well', () => {
  const text = JSON.stringify(
    { schemaVersion: '1.0', phases: [{ name: 'test', steps: [{ name: 'One', action: 'Reboot' }] }] },
    null,
    '\t',
  );
  expect(parseDocument(text, { file: 'x.json' }).document.phases[0]?.steps[0]?.action).toBe('Reboot');
});

it('reads CRLF line ends, and positions stay right', () => {
  const { document } = parseDocument(complete.replaceAll('\n', '\r\n'), { file: 'web.yaml' });
  expect(document.phases[0]?.steps[1]?.at).toEqual({ file: 'web.yaml', line: 13, column: 9 });
});

it('reads anchors and aliases', () => {
  const text = `schemaVersion: 1.0
phases:
  - name: build
    steps:
      - &step {name: One, action: ExecuteBash, inputs: {commands: [echo]}}
  - name: test
    steps: [*step]
`;
  expect(parseDocument(text, { file: 'x.yaml' }).document.phases[1]?.steps[0]?.name).toBe('One');
});

it.each(['1.0', '"1.0"', '1'])('accepts schemaVersion %s', (version) => {
  expect(warningsOf(complete.replace('schemaVersion: 1.0', `schemaVersion: ${version}`))).toEqual([]);
});

it('accepts schemaVersion 1.1 and unknown keys at the top with a warning each', () => {
  const text = `schemaVersion: 1.1\nauthor: me\nphases: [{name: build, steps: [{name: One, action: Reboot}]}]`;
  expect(warningsOf(text)).toMatchInlineSnapshot(`
    [
      "2:1 \`author\` is not a key of a component document. It may have \`name\`, \`description\`, \`schemaVersion\`, \`disableLogging\`, \`parameters\`, \`constants\`, \`phases\`.",
      "1:16 schemaVersion 1.1 is read as 1.0.",
    ]
  `);
});

it('accepts booleans as texts', () => {
  const text = `schemaVersion: 1.0
phases: [{name: build, steps: [{name: One, action: DeleteFolder, inputs: [{path: /x, force: "True"}]}]}]`;
  expect(warningsOf(text)).toEqual([]);
});

it.each([
  "'{{ build.One.outputs.stdout' == 'install'",
  'echo {{.Names}} {{ range .Items }} {{ end }} {{- if x }}',
  'echo {{ user | default("x") }} {{ item.name }} {{ loop.index }} {{ ab }} {{}}',
])('leaves text alone that is no complete reference: %s', (command) => {
  expect(warningsOf(withCommand(command, 'parameters: [{Port: {type: string}}]\n'))).toEqual([]);
});

it('warns of names in braces where the document declares none', () => {
  expect(warningsOf(withCommand('echo {{ item }}'))).toMatchInlineSnapshot(`
    [
      "2:91 There is no parameter or constant \`item\`. The document declares none, so the text stays as it is.",
    ]
  `);
});

it('warns when no phase ever runs', () => {
  const text = 'schemaVersion: 1.0\nphases: [{name: cleanup, steps: [{name: One, action: Reboot}]}]';
  expect(warningsOf(text)).toMatchInlineSnapshot(`
    [
      "2:9 No phase of the document ever runs. Name one \`build\`, \`validate\` or \`test\`.",
    ]
  `);
});

it('points into a block scalar at the reference that is wrong, with a frame', () => {
  const text = `schemaVersion: 1.0
parameters:
  - Port: {type: string}
phases:
  - name: build
    steps:
      - name: One
        action: ExecuteBash
        inputs:
          commands:
            - |
              set -eu
              echo {{ Prot }}
`;
  const error = catchError(() => parseDocument(text, { file: 'x.yaml' }));
  expect(`${error.message}\n${error.frame}`).toMatchInlineSnapshot(`
    "There is no parameter or constant \`Prot\`.
      11 |             - |
      12 |               set -eu
    > 13 |               echo {{ Prot }}
         |                    ^
      14 |"
  `);
});

it('gives one position to all of an inline document', () => {
  const at = { file: 'recipe.yaml', line: 7, column: 5 };
  const step = { name: 'One', action: 'ExecuteBash', inputs: { commands: ['echo', 1] }, timeoutSeconds: 5 };
  const data = { schemaVersion: 1, phases: [{ name: 'build', steps: [step] }] };
  const { document } = documentFromInline(data, { file: 'recipe.yaml', name: 'inline', at });
  expect(document.phases[0]?.steps[0]).toMatchObject({
    at,
    timeoutSeconds: 5,
    inputs: { commands: ['echo', '1'] },
  });
  expect(documentFromInline(data, { file: 'moved.yaml', name: 'inline' }).document.digest).toBe(
    document.digest,
  );
  const broken = { ...data, phases: [{ name: 'build', steps: [{ ...step, action: 'Nope' }] }] };
  expect(
    catchError(() => documentFromInline(broken, { file: 'recipe.yaml', name: 'inline', at })).at,
  ).toEqual(at);
});

it('knows where each inline step stands, for its failures and for what is wrong with it', () => {
  const at = { file: 'recipe.yaml', line: 4, column: 5 };
  const steps = [5, 8].map((line) => ({ ...at, line }));
  const inline = (...actions: string[]) =>
    documentFromInline(
      {
        schemaVersion: '1.0',
        phases: [
          { name: 'build', steps: actions.map((action, index) => ({ name: `Step${index}`, action })) },
        ],
      },
      { file: 'recipe.yaml', name: 'inline', at, steps },
    );
  const { document } = inline('Reboot', 'UpdateOS');
  expect(document.phases[0]?.steps.map((step) => step.at.line)).toEqual([5, 8]);
  expect(catchError(() => inline('Reboot', 'Nope')).at).toEqual(steps[1]);
});

it.each([
  ['brackets 80,000 deep', '[a,'.repeat(80_000)],
  ['maps 50,000 deep', '{a: '.repeat(50_000)],
  ['dashes 100,000 deep', '- '.repeat(100_000)],
  ['a deep block', Array.from({ length: 200 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
  ['many entries', '- a\n'.repeat(60_000)],
  ['more than 256 KiB', `# ${'x'.repeat(300_000)}`],
  ['an alias that holds itself', 'a: &a\n  b: *a\n'],
  [
    'aliases that unfold',
    Array.from({ length: 12 }, (_, i) => `k${i}: &a${i} [${`*a${i - 1},`.repeat(i ? 9 : 0)}]`).join('\n'),
  ],
])('refuses %s in time', async (_name, text) => {
  const spent = await cpuTime(() =>
    expect(catchError(() => parseDocument(text, { file: 'x.yaml' })).code).toBe('COMPONENT_INVALID'),
  );
  expect(spent).toBeLessThan(3000);
});

function catchError(job: () => unknown): GildError {
  try {
    job();
  } catch (error) {
    if (error instanceof GildError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
