import { strictFrom } from '../errexit.ts';
import { programOf } from '../program.ts';
import type { LintRule } from '../types.ts';

export const hiddenPipeFailure: LintRule = {
  name: 'hidden-pipe-failure',
  summary: 'A command that fetches or unpacks fails at the beginning of a pipe, and nobody sees it.',
  why: 'A pipe ends as its last command does, also under `set -e`, unless `pipefail` is set.',
  wrong: `- name: Fetch
  action: ExecuteBash
  inputs:
    commands:
      - |
        set -e
        curl -fsS https://example.com/app.tar | tar -x -C /opt
`,
  right: `- name: Fetch
  action: ExecuteBash
  inputs:
    commands:
      - |
        set -e
        set -o pipefail
        curl -fsS https://example.com/app.tar | tar -x -C /opt
`,
  check: ({ steps }, report) => {
    for (const { script } of steps) {
      if (!script) continue;
      const { pipefail, errexit } = strictFrom(script.commands);
      const hidden = script.commands.find((command) => {
        const program = command.after === '|' ? programOf(command) : undefined;
        return program && fetching.has(program.name) && command.start < pipefail;
      });
      if (!hidden) continue;
      const set = script.commands.find((command) => command.start === errexit);
      const edit = set ? script.insert(set.end, '\nset -o pipefail') : script.prepend('set -o pipefail');
      report({
        at: script.offsetOf(hidden.start),
        message: `If \`${programOf(hidden)?.name}\` fails, the pipe does not: only its last command counts.`,
        hint: 'Set `set -o pipefail` before it.',
        ...(edit && { fix: { title: 'Add `set -o pipefail`', safe: false, edits: [edit] } }),
      });
    }
  },
};

const fetching = new Set([
  'curl',
  'wget',
  'aws',
  'tar',
  'gzip',
  'gunzip',
  'zcat',
  'xz',
  'unxz',
  'gpg',
  'openssl',
  'git',
  'ssh',
]);
