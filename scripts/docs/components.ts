import { join } from 'node:path';
import { type Alias, readAliases } from '../../src/component/aliases.ts';
import { createComponentFinder, readComponent } from '../../src/component/finder.ts';
import type { ComponentDocument } from '../../src/model/component.ts';
import { code, pageHead, table } from './markdown.ts';

const library = join(import.meta.dirname, '../../components');

export async function componentsPage(): Promise<string> {
  const files = await createComponentFinder({ folders: [library] }).list();
  const documents = await Promise.all(
    files.map(async (file) => (await readComponent(file.file, file)).document),
  );
  return [
    ...pageHead('The library', 'components/'),
    'Components that come with Gild. A recipe names them; `gild component show <name>` prints their steps.',
    '',
    ...table(
      ['component', 'version', 'what it does'],
      documents.map(({ name, version, description }) => [`[${name}](#${name})`, version, description]),
    ),
    '',
    'Some have more names, each with what it changes; [how names are compared](../design/component-names.md).',
    '',
    ...table(['name', 'component', 'with'], (await readAliases(library)).map(aliasRow)),
    ...documents.flatMap(section),
    '',
  ].join('\n');
}

function aliasRow({ name, component, defaults }: Alias): string[] {
  const settings = Object.entries(defaults).map(([parameter, value]) => code(`${parameter}: ${value}`));
  return [code(name), `[${component}](#${component})`, settings.join(', ')];
}

function section({ name, version, description, parameters, phases }: ComponentDocument): string[] {
  const rows = parameters.map((parameter) => [
    code(parameter.name),
    parameter.value === undefined ? '**required**' : code(parameter.value),
    parameter.description ?? '',
  ]);
  return [
    '',
    `## ${name}`,
    '',
    `Version ${version}. ${description} Phases: ${phases.map((phase) => code(phase.name)).join(', ')}.`,
    '',
    ...(rows.length > 0 ? table(['parameter', 'default', 'meaning'], rows) : ['It has no parameters.']),
  ];
}
