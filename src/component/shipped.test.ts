import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readAliases } from './aliases.ts';
import { createComponentFinder, readComponent } from './finder.ts';
import { lintFile } from './lint/lint-file.ts';

const folder = join(import.meta.dirname, '../../components');
const shipped = await createComponentFinder({ folders: [folder] }).list();

it.each(shipped)(
  'the shipped component $name $version is valid, without a warning',
  async ({ name, version, file }) => {
    const { document, warnings } = await readComponent(file);
    expect(warnings).toEqual([]);
    expect([document.name, document.version]).toEqual([name, version]);
    expect(document.description).not.toBe('');
    const { findings } = await lintFile(file, { fix: 'none', portable: true });
    expect(findings.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
  },
);

it.each(await readAliases(folder))('the name $name stands for the component $component', async (alias) => {
  const { document } = await createComponentFinder({ folders: [folder] }).find(alias.name, 'latest');
  expect(document.name).toBe(alias.component);
  expect(document.parameters).toEqual(
    expect.arrayContaining(
      Object.entries(alias.defaults).map(([name, value]) => expect.objectContaining({ name, value })),
    ),
  );
});
