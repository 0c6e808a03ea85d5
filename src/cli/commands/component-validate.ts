import { statSync } from 'node:fs';
import { createComponentFinder, readComponent } from '../../component/finder.ts';
import { GildError, toGildError } from '../../support/errors.ts';
import { type Checked, reportChecked } from '../checked.ts';
import type { Cli } from '../types.ts';

export interface ComponentValidateOptions {
  /** Documents, or folders as components are found in. */
  readonly files: readonly string[];
  readonly json: boolean;
}

/** Checks documents and prints every problem of every one; exits 2 if there is any. */
export async function componentValidate(options: ComponentValidateOptions, cli: Cli): Promise<number> {
  const files = (await Promise.all(options.files.map(documentsOf))).flat();
  return reportChecked(await Promise.all(files.map(check)), { what: 'component', json: options.json }, cli);
}

async function documentsOf(path: string): Promise<readonly string[]> {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  const found = await createComponentFinder({ folders: [path] }).list();
  if (found.length > 0) return found.map(({ file }) => file);
  throw new GildError({
    code: 'COMPONENT_NOT_FOUND',
    message: `There is no component document in the folder ${path}.`,
    hint: 'Documents are named <name>/<version>.yaml or <name>.yaml.',
  });
}

async function check(file: string): Promise<Checked> {
  try {
    const { warnings } = await readComponent(file);
    return { file, problems: [], warnings };
  } catch (thrown) {
    const error = toGildError(thrown);
    if (error.kind !== 'user') throw error;
    return { file, problems: error.problems.length > 0 ? error.problems : [error], warnings: [] };
  }
}
