import { programOf } from '../program.ts';
import type { LintRule } from '../types.ts';

export const deprecatedCommand: LintRule = {
  name: 'deprecated-command',
  summary: 'A program is used that newer releases of the system no longer have.',
  why: 'The step breaks with the next base image.',
  wrong: `- name: Key
  action: ExecuteBash
  inputs:
    commands:
      - apt-key add /tmp/key.asc
`,
  right: `- name: Key
  action: ExecuteBash
  inputs:
    commands:
      - install -m 0644 /tmp/key.asc /etc/apt/keyrings/app.asc
`,
  check: ({ steps }, report) => {
    for (const { script } of steps) {
      for (const command of script?.commands ?? []) {
        const program = programOf(command);
        const instead =
          program && (Object.hasOwn(successors, program.name) ? successors[program.name] : undefined);
        if (!program || !instead || !script) continue;
        report({
          at: script.offsetOf(program.at.start),
          message: `\`${program.name}\` is on its way out.`,
          hint: instead,
        });
      }
    }
  },
};

const successors: Readonly<Record<string, string>> = {
  'apt-key': 'Put the key into /etc/apt/keyrings/ and name it in the source with `signed-by`.',
  easy_install: 'Use `python3 -m pip install`, in a virtual environment.',
  egrep: 'Use `grep -E`.',
  fgrep: 'Use `grep -F`.',
  chkconfig: 'Use `systemctl enable`.',
  'amazon-linux-extras': 'Amazon Linux 2023 does not have it; use `dnf`.',
};
