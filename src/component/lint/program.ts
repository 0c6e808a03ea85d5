import type { ShellCommand, ShellWord } from './shell/types.ts';

/** The program that a command starts, behind what only starts it: assignments, `sudo`, `env`, `exec`, `timeout 5`. */
export interface StartedProgram {
  readonly name: string;
  readonly at: ShellWord;
  readonly args: readonly ShellWord[];
  /** The word `sudo`, if it is one of those that start the program. */
  readonly sudo: ShellWord | undefined;
}

const starters = new Set(['env', 'exec', 'command', 'nohup', 'nice', 'time', 'builtin']);
const assignment = /^[A-Za-z_][A-Za-z0-9_]*\+?=/;

/** Undefined for a command that only assigns or redirects. */
export function programOf({ words }: Pick<ShellCommand, 'words'>): StartedProgram | undefined {
  let sudo: ShellWord | undefined;
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (!word || assignment.test(word.text)) continue;
    if (word.text === 'sudo') {
      sudo = word;
      index += optionsOfSudo(words.slice(index + 1));
      continue;
    }
    if (word.text === 'timeout') {
      index += 1;
      continue;
    }
    if (starters.has(word.text) && words[index + 1] !== undefined) continue;
    if (sudo && word.text.startsWith('-')) continue;
    return {
      name: unquoted(word.text).split('/').at(-1) ?? '',
      at: word,
      args: words.slice(index + 1),
      sudo,
    };
  }
  return undefined;
}

export function unquoted(text: string): string {
  return text.replaceAll(/^["']|["']$/g, '');
}

/** How many words after `sudo` are its own. */
function optionsOfSudo(words: readonly ShellWord[]): number {
  let count = 0;
  while (words[count]?.text.startsWith('-')) {
    count += /^-[ugCghpRrTtU]$/.test(words[count]?.text ?? '') ? 2 : 1;
  }
  return count;
}
