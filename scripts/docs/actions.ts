import { actions, unsupportedActions } from '../../src/component/actions/index.ts';
import type { AnyField } from '../../src/component/fields.ts';
import type { Action } from '../../src/component/types.ts';
import { code, pageHead, table } from './markdown.ts';

export function actionsPage(): string {
  const all = Object.values(actions);
  return [
    ...pageHead('Actions', 'src/component/actions'),
    'What the steps of a component can do. [Components](../components.md) says how to write one.',
    '',
    ...table(
      ['action', 'what it does'],
      all.map(({ name, summary }) => [`[${name}](#${name.toLowerCase()})`, summary]),
    ),
    ...all.flatMap(section),
    '',
    '## Not supported',
    '',
    ...table(
      ['action', 'why', 'instead'],
      [...unsupportedActions].map(([name, { message, hint }]) => [code(name), `It ${message}.`, hint ?? '']),
    ),
    '',
  ].join('\n');
}

function section({ name, summary, shape, fields, outputs }: Action): string[] {
  const rows = Object.entries(fields).map(([field, about]) => [
    code(field),
    kinds[about.kind],
    standard(about),
    about.about,
  ]);
  return [
    '',
    `## ${name}`,
    '',
    `${summary} ${shapes[shape]}`,
    '',
    ...(rows.length > 0 ? table(['input', 'type', 'default', 'meaning'], rows) : []),
    ...(outputs.length > 0 ? ['', `Outputs: ${outputs.map(code).join(', ')}.`] : []),
  ];
}

const shapes: Readonly<Record<Action['shape'], string>> = {
  map: '`inputs` is a map.',
  list: '`inputs` is a list of maps, which are carried out in order.',
  none: '`inputs` may be left out.',
};

const kinds: Readonly<Record<AnyField['kind'], string>> = {
  text: 'text',
  texts: 'list of text',
  map: 'map of text',
  value: 'text, number or list',
  flag: '`true`, `false`',
};

function standard({ required, fallback }: AnyField): string {
  if (required) return '**required**';
  if (fallback === undefined || fallback === '') return '';
  return Array.isArray(fallback) ? 'none' : code(String(fallback));
}
