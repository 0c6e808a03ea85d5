import { strictFrom, trapsErrors } from '../errexit.ts';
import { programOf } from '../program.ts';
import type { ShellCommand } from '../shell/types.ts';
import type { LintRule } from '../types.ts';

export const swallowedError: LintRule = {
  name: 'swallowed-error',
  summary: 'A command may fail in the middle of a script, and the step still succeeds.',
  why: 'All `commands` of a step are one script without `set -e`: only the exit status of the last command counts.',
  wrong: `- name: Install
  action: ExecuteBash
  inputs:
    commands:
      - apt-get update
      - apt-get install -y nginx
`,
  right: `- name: Install
  action: ExecuteBash
  inputs:
    commands:
      - set -e
      - apt-get update
      - apt-get install -y nginx
`,
  check: ({ steps }, report) => {
    for (const { script } of steps) {
      if (!script) continue;
      const { commands } = script;
      const { errexit } = strictFrom(commands);
      const lost = commands.find(
        (command, index) => command.start < errexit && isLost(command, commands[index + 1]),
      );
      if (!lost || trapsErrors(commands)) continue;
      const edit = script.prepend('set -e');
      report({
        at: script.offsetOf(lost.start),
        message: `If \`${nameOf(lost)}\` fails here, the script goes on, and the step may succeed all the same.`,
        hint: 'Begin the script with `set -e`, or join the commands with `&&`.',
        ...(edit && { fix: { title: 'Begin the script with `set -e`', safe: false, edits: [edit] } }),
      });
    }
  },
};

/** What practically never fails, or says how it ends itself. */
const harmless = new Set(
  ': true false echo printf cat export set unset shopt local declare readonly typeset alias umask sleep exit return break continue trap wait date test [ [[ (( case for function in'.split(
    ' ',
  ),
);

function isLost(command: ShellCommand, next: ShellCommand | undefined): boolean {
  if (!next || command.tested || command.within !== undefined) return false;
  if (command.after === '||' || command.after === '|' || command.after === '&&' || command.after === '&')
    return false;
  if (command.before === '||') return false;
  const program = programOf(command);
  return program !== undefined && !harmless.has(program.name) && !asksNext(next);
}

/** `$?` looks at how the command before ended. */
function asksNext(next: ShellCommand): boolean {
  return next.words.some((word) => word.text.includes('$?'));
}

function nameOf(command: ShellCommand): string {
  const text = command.words.map((word) => word.text).join(' ');
  return text.length > 40 ? `${text.slice(0, 39)}…` : text.replaceAll('`', "'");
}
