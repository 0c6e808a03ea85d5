import { documentReference } from '../documents.ts';
import { childOf, plainOf, textsOf } from '../node.ts';
import { findReferences } from '../references.ts';
import type { Entry, Node } from '../source.ts';
import type { LintRule, Report } from './types.ts';

/** What AWS's own executor would not read, or would read in another way; only looked for when asked. */
export const portability: LintRule = {
  name: 'portability',
  summary: 'The document uses what only Gild has (`--strict` only).',
  why: 'EC2 Image Builder refuses the document, or passes over that part of it.',
  wrong: `- name: Fetch
  action: ExecuteBash
  maxAttempts: 3
  retry: { delaySeconds: 5 }
  inputs:
    commands:
      - echo hello
`,
  right: `- name: Fetch
  action: ExecuteBash
  maxAttempts: 3
  inputs:
    commands:
      - echo hello
`,
  check: ({ root, parameters, constants, steps }, report) => {
    const own = (entry: Entry, of: string) =>
      report({
        at: entry.keyStart,
        message: `\`${entry.key}\` of ${of} is not part of AWS's component language.`,
      });
    for (const entry of unknown(root, documentKeys)) own(entry, 'a document');
    const version = root.kind === 'map' ? childOf(root, 'schemaVersion') : undefined;
    if (version && !/^1(\.0)?$/.test(String(plainOf(version)))) {
      report({ at: version.start, message: 'AWS knows schemaVersion 1.0 only.' });
    }
    for (const [list, keys, what] of [
      [parameters, parameterKeys, 'a parameter'],
      [constants, constantKeys, 'a constant'],
    ] as const) {
      for (const { value } of list) {
        for (const entry of unknown(value, keys)) own(entry, what);
        const type = value.kind === 'map' ? childOf(value, 'type') : undefined;
        if (type && String(plainOf(type)).toLowerCase() !== 'string') {
          report({ at: type.start, message: "The only type of AWS's component language is `string`." });
        }
      }
    }
    const [tooMany] = parameters.slice(mostParameters);
    if (tooMany) {
      report({
        at: tooMany.keyStart,
        message: `Image Builder takes ${mostParameters} parameters of a component at most.`,
      });
    }
    for (const { node, action, inputs } of steps) {
      for (const entry of unknown(node, stepKeys)) own(entry, 'a step');
      const loop = node.kind === 'map' ? childOf(node, 'loop') : undefined;
      if (loop) for (const entry of unknown(loop, loopKeys)) own(entry, 'a loop');
      const list = loop?.kind === 'map' ? childOf(loop, 'forEach') : undefined;
      const delimited = list?.kind === 'map' ? childOf(list, 'list') : undefined;
      for (const { reference } of delimited ? findReferences(String(plainOf(delimited))) : []) {
        if (delimited && reference.kind === 'chain')
          report({
            at: delimited.start,
            message: 'AWS takes no output of a step as a list with a delimiter.',
          });
      }
      for (const { node: place, text } of textsOf(node)) {
        if (
          findReferences(text).some(
            ({ reference }) => reference.kind === 'outside' && reference.form === 'secret',
          )
        )
          report({ at: place.start, message: "`secret:` is not part of AWS's component language." });
      }
      reportDocument(action, inputs, report);
    }
  },
};

const mostParameters = 25;
const documentKeys = [
  'name',
  'description',
  'schemaVersion',
  'disableLogging',
  'parameters',
  'constants',
  'phases',
];
const parameterKeys = ['type', 'default', 'description'];
const constantKeys = ['type', 'value', 'description'];
const stepKeys = [
  'name',
  'action',
  'if',
  'loop',
  'onFailure',
  'maxAttempts',
  'timeoutSeconds',
  'disableLogging',
  'inputs',
];
const loopKeys = ['name', 'for', 'forEach'];

/** AWS's executor has no component library, and looks for relative paths where it was started. */
function reportDocument(action: string, inputs: Node | undefined, report: Report): void {
  const named =
    action === 'ExecuteDocument' && inputs?.kind === 'map' ? childOf(inputs, 'document') : undefined;
  if (!named) return;
  const text = String(plainOf(named));
  const { kind } = documentReference(text);
  if (kind === 'beside' || (kind === 'component' && !text.startsWith('arn:') && !text.includes('{{')))
    report({ at: named.start, message: 'AWS finds documents by absolute path, `s3://` or ARN only.' });
}

function unknown(node: Node, known: readonly string[]): readonly Entry[] {
  return node.kind === 'map' ? node.entries.filter(({ key }) => !known.includes(key)) : [];
}
