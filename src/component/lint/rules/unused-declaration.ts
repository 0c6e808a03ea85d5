import { textsOf } from '../../node.ts';
import { findReferences } from '../../references.ts';
import type { LintRule } from '../types.ts';

export const unusedDeclaration: LintRule = {
  name: 'unused-declaration',
  summary: 'A parameter or constant is declared that no step uses.',
  why: 'Who sets it expects something to happen.',
  wrong: `parameters:
  - Version: { type: string, default: '1.0' }
---
- name: Install
  action: ExecuteBash
  inputs:
    commands:
      - echo 1.0
`,
  right: `parameters:
  - Version: { type: string, default: '1.0' }
---
- name: Install
  action: ExecuteBash
  inputs:
    commands:
      - echo '{{ Version }}'
`,
  check: ({ root, parameters, constants }, report) => {
    const used = new Set<string>();
    for (const { text } of textsOf(root)) {
      for (const { reference } of findReferences(text))
        if (reference.kind === 'name') used.add(reference.name);
      for (const [, name = ''] of text.matchAll(/\{\{\s*aws:ssm:resolve\(\s*([\w-]+)/g)) used.add(name);
    }
    for (const [what, list] of [
      ['parameter', parameters],
      ['constant', constants],
    ] as const) {
      for (const { key, keyStart } of list) {
        if (used.has(key)) continue;
        report({
          at: keyStart,
          message: `The ${what} \`${key}\` is not used.`,
          hint: `Use it as \`{{ ${key} }}\`, or remove it.`,
        });
      }
    }
  },
};
