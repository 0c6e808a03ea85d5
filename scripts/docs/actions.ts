import { actions } from '../../src/component/actions/index.ts';
import type { AnyField } from '../../src/component/fields.ts';
import { actionCases } from '../../src/component/testing/action-cases/index.ts';
import type { Action } from '../../src/component/types.ts';
import { operatingSystemNames } from '../../src/model/operating-system.ts';
import { code, pageHead, table } from './markdown.ts';

export function actionsPage(): string {
  const all = Object.values(actions);
  return [
    ...pageHead('Actions', 'src/component/actions'),
    'What the steps of a component can do. [Components](../components.md) says how to write one. A path is absolute, or',
    'relative to `/`, where steps begin.',
    '',
    'The last column of each table names the cases that show the input or output: a test carries out every one of them',
    'for real, on a Debian machine and on one that has busybox alone. Those for Windows show what Windows PowerShell is',
    'told, by a program in its place.',
    '',
    ...table(
      ['action', 'works on', 'what it does'],
      all.map((action) => [
        `[${action.name}](#${action.name.toLowerCase()})`,
        systems(action.platforms),
        action.summary,
      ]),
    ),
    ...all.flatMap(section),
    '',
  ].join('\n');
}

function section(action: Action): string[] {
  const { name, summary, shape, fields, outputs, platforms } = action;
  const cases = actionCases.filter((sample) => sample.action === name);
  const shownBy = (key: string) =>
    cases
      .map((sample, index) => (sample.shows.includes(key) ? index + 1 : 0))
      .filter((number) => number > 0)
      .join(', ');
  const inputs = Object.entries(shape === 'condition' ? {} : fields).map(([field, about]) => [
    code(field),
    kinds[about.kind],
    standard(about),
    about.platforms ? `${about.about} Not on Windows.` : about.about,
    shownBy(field),
  ]);
  return [
    '',
    `## ${name}`,
    '',
    `${summary} ${shapes[shape]} On ${systems(platforms)}.`,
    ...(inputs.length > 0 ? ['', ...table(['input', 'type', 'default', 'meaning', 'shown by'], inputs)] : []),
    ...(outputs.length > 0
      ? [
          '',
          ...table(
            ['output', 'type', 'shown by'],
            outputs.map((key) => [code(key), 'text', shownBy(key)]),
          ),
        ]
      : []),
    ...(cases.length > 0
      ? ['', ...cases.map(({ os, does }, index) => `${index + 1}. It ${does}${os ? ' (Windows)' : ''}.`)]
      : []),
  ];
}

function systems(platforms: Action['platforms']): string {
  return platforms.map((platform) => operatingSystemNames[platform]).join(', ');
}

const shapes: Readonly<Record<Action['shape'], string>> = {
  map: '`inputs` is a map.',
  list: '`inputs` is a list of maps, which are carried out in order.',
  none: '`inputs` may be left out.',
  condition: '`inputs` is [a condition](../components.md#conditions), without `then` and `else`.',
};

const kinds: Readonly<Record<AnyField['kind'], string>> = {
  text: 'text',
  texts: 'list of text',
  map: 'map of text',
  value: 'text, number or list',
  flag: '`true`, `false`',
  assignments: 'list of `{name, value}`',
  condition: 'condition',
};

function standard({ required, fallback }: AnyField): string {
  if (required) return '**required**';
  if (fallback === undefined || fallback === '') return '';
  return Array.isArray(fallback) ? 'none' : code(String(fallback));
}
