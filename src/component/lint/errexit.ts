import type { ShellCommand } from './shell/types.ts';

/** Where the script begins to stop at failures (`set -e`), or Infinity; the same for `pipefail`. */
export function strictFrom(commands: readonly ShellCommand[]): { errexit: number; pipefail: number } {
  let errexit = Number.POSITIVE_INFINITY;
  let pipefail = Number.POSITIVE_INFINITY;
  for (const { words, start, within } of commands) {
    if (words[0]?.text !== 'set' || within !== undefined) continue;
    const options = words.slice(1).map((word) => word.text);
    const named = options.filter((_, index) => /^-[a-z]*o$/.test(options[index - 1] ?? ''));
    if (options.some((option) => /^-[a-z]*e/.test(option)) || named.includes('errexit')) {
      errexit = Math.min(errexit, start);
    }
    if (named.includes('pipefail')) pipefail = Math.min(pipefail, start);
  }
  return { errexit, pipefail };
}

/** `trap '...' ERR` is another way to see every failure. */
export function trapsErrors(commands: readonly ShellCommand[]): boolean {
  return commands.some(({ words }) => words[0]?.text === 'trap' && words.at(-1)?.text === 'ERR');
}
