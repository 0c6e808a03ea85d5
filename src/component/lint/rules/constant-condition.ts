import { plainOf, textsOf } from '../../node.ts';
import type { Entry, Node } from '../../source.ts';
import type { LintRule } from '../types.ts';

export const constantCondition: LintRule = {
  name: 'constant-condition',
  summary: 'A comparison has no reference in it: it always gives the same.',
  why: 'The step always runs or never does, and a reference was probably meant.',
  wrong: `parameters:
  - Distribution: { type: string, default: debian }
---
- name: OnDebian
  action: ExecuteBash
  if:
    stringEquals: debian
    value: Distribution
  inputs:
    commands:
      - echo hello
`,
  right: `parameters:
  - Distribution: { type: string, default: debian }
---
- name: OnDebian
  action: ExecuteBash
  if:
    stringEquals: debian
    value: '{{ Distribution }}'
  inputs:
    commands:
      - echo hello
`,
  check: ({ steps }, report) => {
    for (const { condition } of steps) {
      for (const comparison of condition ? comparisons(condition) : []) {
        report({
          at: comparison.keyStart,
          message: `\`${comparison.key}\` compares fixed values: it always gives the same.`,
          hint: 'Write a reference into `value`: `{{ Name }}` or `{{ phase.step.outputs.stdout }}`.',
        });
      }
    }
  },
};

const fixed = /^(string|number)[A-Z]|^patternMatches$/;

function* comparisons(node: Node): Generator<Entry> {
  if (node.kind === 'list') for (const item of node.items) yield* comparisons(item);
  if (node.kind !== 'map') return;
  const operator = node.entries.find(({ key }) => fixed.test(key));
  const isFixed = [...textsOf(node)].every(({ text }) => !text.includes('{{'));
  if (operator && isFixed && plainOf(operator.value) !== null) yield operator;
  for (const { key, value } of node.entries)
    if (['and', 'or', 'not'].includes(key)) yield* comparisons(value);
}
