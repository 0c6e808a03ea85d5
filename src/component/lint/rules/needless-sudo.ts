import { programOf } from '../program.ts';
import type { LintRule } from '../types.ts';

export const needlessSudo: LintRule = {
  name: 'needless-sudo',
  summary: '`sudo` stands before a command, although every step runs as root.',
  why: 'Small images have no sudo, and then the step fails for nothing.',
  wrong: `- name: Update
  action: ExecuteBash
  inputs:
    commands:
      - sudo apt-get update
`,
  right: `- name: Update
  action: ExecuteBash
  inputs:
    commands:
      - apt-get update
`,
  check: ({ steps }, report) => {
    for (const { script } of steps) {
      const found = (script?.commands ?? []).flatMap((command) => {
        const program = programOf(command);
        return program?.sudo ? [{ sudo: program.sudo, program: program.at }] : [];
      });
      const [first] = found;
      if (!script || !first) continue;
      const edits = found
        .filter(({ sudo, program }) => /^sudo[ \t]+$/.test(script.text.slice(sudo.start, program.start)))
        .map(({ sudo, program }) => script.replace(sudo.start, program.start, ''))
        .filter((edit) => edit !== undefined);
      report({
        at: script.offsetOf(first.sudo.start),
        message: `Steps run as root; \`sudo\` is not needed${found.length > 1 ? ` (${found.length} times in this script)` : ''}.`,
        hint: 'Leave it out: an image need not have it.',
        ...(edits.length > 0 && { fix: { title: 'Remove `sudo`', safe: true, edits } }),
      });
    }
  },
};
