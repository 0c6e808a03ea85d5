import { exampleDocument } from '../../src/component/lint/example.ts';
import { lintRules } from '../../src/component/lint/index.ts';
import { portability } from '../../src/component/lint/portability.ts';
import { syntaxRule } from '../../src/component/lint/shell-syntax.ts';
import type { LintRule } from '../../src/component/lint/types.ts';
import { code, pageHead, table } from './markdown.ts';

export function lintPage(): string {
  const rules = [...lintRules, portability];
  return [
    ...pageHead('Lint', 'src/component/lint/'),
    '`gild component validate` warns of what is allowed in a component and still likely to be a mistake. A comment',
    '`# gild-lint: disable=<rule>,<rule>` silences rules: behind something for that line, alone on a line for what begins',
    'on the next (a step, a line of a script), above the first key for the document.',
    '',
    ...table(
      ['rule', 'what it finds'],
      [
        ...rules.map(({ name, summary }) => [`[${code(name)}](#${name})`, summary]),
        [`[${code(syntaxRule)}](#${syntaxRule})`, 'Bash cannot read a script.'],
      ],
    ),
    ...rules.flatMap(section),
    '',
    `## ${syntaxRule}`,
    '',
    'Bash cannot read a script, which then fails when its step runs. Bash on this host reads each script with `-n`, which',
    'runs nothing; where there is no bash, nothing is checked. References count as a word each.',
    '',
  ].join('\n');
}

function section({ name, summary, why, wrong, right }: LintRule): string[] {
  return [
    '',
    `## ${name}`,
    '',
    `${summary} ${why}`,
    '',
    ...fenced(wrong),
    'Better:',
    '',
    ...fenced(right),
  ].slice(0, -1);
}

/** The steps alone, or the whole document where more than steps is shown. */
function fenced(example: string): string[] {
  const shown = example.includes('\n---\n') ? exampleDocument(example) : example;
  return ['```text', shown.trimEnd(), '```', ''];
}
