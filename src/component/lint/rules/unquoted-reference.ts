import { childOf, plainOf } from '../../node.ts';
import { findReferences } from '../../references.ts';
import { programOf } from '../program.ts';
import type { Script } from '../script.ts';
import type { ShellCommand, ShellWord } from '../shell/types.ts';
import type { LintRule, Subject } from '../types.ts';

export const unquotedReference: LintRule = {
  name: 'unquoted-reference',
  summary: 'A reference stands in a script without quotes around it.',
  why: 'References are replaced as text, before the shell reads it: a space or `;` in the value becomes part of the script.',
  wrong: `- name: Make
  action: ExecuteBash
  inputs:
    commands:
      - mkdir -p {{ Folder }}
`,
  right: `- name: Make
  action: ExecuteBash
  inputs:
    commands:
      - mkdir -p "{{ Folder }}"
`,
  check: (subject, report) => {
    const harmless = plainConstants(subject);
    for (const { script } of subject.steps) {
      for (const command of script?.commands ?? []) {
        if (!script || isNumeric(command)) continue;
        for (const word of command.words) {
          const bare = bareReference(word.text, harmless);
          if (bare) report({ ...remark(bare, word, script) });
        }
      }
    }
  },
};

function remark(raw: string, word: ShellWord, script: Script) {
  const at = word.start + word.text.indexOf(raw);
  const edit = word.text === raw ? script.replace(word.start, word.end, `"${raw}"`) : undefined;
  return {
    at: script.offsetOf(at),
    message: `${raw} is not in quotes: a space or \`;\` in its value changes what the script does.`,
    hint: 'Put the word in double quotes, unless the value is meant to be several words.',
    ...(edit && { fix: { title: `Put ${raw} in quotes`, safe: false, edits: [edit] } }),
  };
}

/** The first reference of a word that is outside of quotes. */
function bareReference(word: string, harmless: ReadonlySet<string>): string | undefined {
  if (!word.includes('{{')) return undefined;
  const outside = word.replaceAll(/'[^']*'|"(?:\\[\s\S]|[^"\\])*"/g, '');
  return findReferences(outside).find(
    ({ reference }) => reference.kind !== 'name' || !harmless.has(reference.name),
  )?.raw;
}

/** `exit {{ build.Fail.outputs.stdout }}`: numbers by custom. */
function isNumeric(command: ShellCommand): boolean {
  return ['exit', 'return', '((', 'sleep'].includes(programOf(command)?.name ?? '');
}

/** Constants whose value the shell takes as one word. */
function plainConstants({ constants }: Subject): ReadonlySet<string> {
  const plain = constants.filter(({ value }) => {
    const text = value.kind === 'map' ? childOf(value, 'value') : undefined;
    return text && /^[\w@%+=:,./-]+$/.test(String(plainOf(text)));
  });
  return new Set(plain.map(({ key }) => key));
}
