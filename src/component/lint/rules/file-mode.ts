import { childOf, plainOf } from '../../node.ts';
import type { Node } from '../../source.ts';
import { programOf } from '../program.ts';
import type { LintRule } from '../types.ts';

export const fileMode: LintRule = {
  name: 'file-mode',
  summary: 'Permissions are written as a number without quotes, or let everybody write.',
  why: 'YAML readers disagree on what number `0755` is, and a file that anybody may change is a way to become root.',
  wrong: `- name: Write
  action: CreateFile
  inputs:
    - path: /etc/app.conf
      content: hello
      permissions: 0777
`,
  right: `- name: Write
  action: CreateFile
  inputs:
    - path: /etc/app.conf
      content: hello
      permissions: '0644'
`,
  check: ({ steps, text }, report) => {
    for (const { items, script } of steps) {
      for (const item of items) {
        const mode = item.kind === 'map' ? childOf(item, 'permissions') : undefined;
        if (!mode) continue;
        if (isWritable(String(plainOf(mode)))) {
          report({ at: mode.start, message: 'Everybody may write here.', hint: "Use '0644' or '0755'." });
        } else if (isNumber(text, mode)) {
          const edits = [{ start: mode.start, end: mode.end, text: `'${text.slice(mode.start, mode.end)}'` }];
          report({
            at: mode.start,
            message: 'Permissions are text; some readers of YAML take this for another number.',
            hint: 'Put it in quotes.',
            fix: { title: 'Put the permissions in quotes', safe: true, edits },
          });
        }
      }
      for (const command of script?.commands ?? []) {
        const program = programOf(command);
        const mode =
          program?.name === 'chmod' && program.args.find(({ text: word }) => !word.startsWith('-'));
        if (!mode || !script || !isWritable(mode.text)) continue;
        report({
          at: script.offsetOf(mode.start),
          message: 'Everybody may write here.',
          hint: 'Use 0644 or 0755.',
        });
      }
    }
  },
};

/** A folder with the sticky bit, like /tmp, is meant to be so. */
function isWritable(mode: string): boolean {
  return /^0?[0-6]?[0-7][0-7][2367]$/.test(mode) && !/^0?[1357][0-7]{3}$/.test(mode);
}

function isNumber(text: string, node: Node): boolean {
  return /^\d+$/.test(text.slice(node.start, node.end));
}
