import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyNode, gild } from './start-up.ts';
import type { Bench, Comparison } from './types.ts';

const size = 900_000;

/** Large and hostile, each under the largest size that a recipe may have; all must be refused. */
const files: readonly (readonly [what: string, text: () => string])[] = [
  ['brackets in each other', () => `name: ${'['.repeat(size)}`],
  ['maps in each other', () => `name: ${'{a: '.repeat(size / 4)}`],
  ['an alias bomb', aliasBomb],
  ['one long line', () => `name: ${'x'.repeat(size)}\nbase: scratch\nwrong: 1\n`],
  [
    'a list of wrong components',
    () => `name: a\nbase: scratch\ncomponents:\n${'  - {nmae: x}\n'.repeat(size / 14)}`,
  ],
  ['keys that nobody knows', () => `name: a\n${lines((index) => `key${index}: ${index}\n`)}`],
  ['keys twice', () => `name: a\n${'name: b\n'.repeat(size / 8)}`],
  ['tabs', () => `name: a\ncomponents:\n${'\t\t- name: x\n'.repeat(size / 12)}\t]`],
  ['quotes without an end', () => `name: "${'a\\x'.repeat(size / 3)}`],
  ['references in each other', () => `name: ${'${var.'.repeat(size / 6)}`],
];

export const badInput: Bench = {
  name: 'bad-input',
  summary: 'gild validate on large hostile recipes, against `node -e 0`',
  async *compare(context) {
    for (const [what, text] of files) {
      const path = join(context.folder, `${what.replaceAll(' ', '-')}.yaml`);
      await writeFile(path, text());
      yield {
        what,
        inside: [],
        ours: { name: 'gild validate', run: () => gild(context, ['validate', path], 2) },
        peer: emptyNode,
        goal: { seconds: 0.3 },
        rounds: 3,
      } satisfies Comparison;
    }
  },
};

function aliasBomb(): string {
  const levels = Array.from({ length: 30 }, (_, index) => {
    const inside =
      index === 0
        ? 'x'
        : Array(10)
            .fill(`*a${index - 1}`)
            .join(', ');
    return `  a${index}: &a${index} [${inside}]\n`;
  });
  return `name: a\nlabels:\n${levels.join('')}`;
}

function lines(line: (index: number) => string): string {
  let text = '';
  for (let index = 0; text.length < size; index++) text += line(index);
  return text;
}
