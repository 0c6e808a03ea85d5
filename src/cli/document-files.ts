import { statSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { createComponentFinder } from '../component/finder.ts';
import { GildError } from '../support/errors.ts';

/** The documents that a path of the command line means: itself, what matches it, what the folder holds. */
export async function documentsOf(path: string): Promise<readonly string[]> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return documentsIn(path);
  if (found || !/[*?[{]/.test(path)) return [path];
  const matching: string[] = [];
  for await (const match of glob(path)) matching.push(match);
  if (matching.length > 0) return matching.sort();
  throw new GildError({ code: 'COMPONENT_NOT_FOUND', message: `Nothing matches ${path}.` });
}

async function documentsIn(folder: string): Promise<readonly string[]> {
  const found = await createComponentFinder({ folders: [folder] }).list();
  if (found.length > 0) return found.map(({ file }) => file);
  throw new GildError({
    code: 'COMPONENT_NOT_FOUND',
    message: `There is no component document in the folder ${folder}.`,
    hint: `Documents are named <name>/<version>.yaml or <name>.yaml. Others can be named by a pattern: '${folder}/**/*.yml'.`,
  });
}
