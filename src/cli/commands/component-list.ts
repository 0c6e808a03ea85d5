import { relative } from 'node:path';
import { type ComponentFile, createComponentFinder, readComponent } from '../../component/finder.ts';
import { toGildError } from '../../support/errors.ts';
import { fitWidth } from '../progress/text-width.ts';
import { searchFolders } from '../search-folders.ts';
import { formatTable } from '../table.ts';
import type { Cli } from '../types.ts';

export interface ComponentListOptions {
  readonly folders: readonly string[];
  readonly json: boolean;
}

interface Listed extends ComponentFile {
  readonly description: string;
  readonly problem?: string;
}

/** Lists every version of every component that a recipe in this folder could name. */
export async function componentList(options: ComponentListOptions, cli: Cli): Promise<number> {
  const folders = searchFolders(options.folders);
  const listed = await Promise.all((await createComponentFinder({ folders }).list()).map(describe));
  if (options.json) {
    cli.print(JSON.stringify(listed, undefined, 2));
    return 0;
  }
  if (listed.length === 0) cli.note(`There are no components in ${folders.join(', ')}.`);
  const blocks = folders
    .map((folder) => listed.filter((component) => component.folder === folder))
    .filter((components) => components.length > 0)
    .map((components) => folderBlock(components, listed, cli));
  if (blocks.length > 0) cli.print(blocks.join('\n\n'));
  return 0;
}

async function describe(file: ComponentFile): Promise<Listed> {
  try {
    const { document } = await readComponent(file.file, file);
    return { ...file, description: document.description };
  } catch (thrown) {
    const error = toGildError(thrown);
    const { length } = error.problems;
    return { ...file, description: '', problem: length > 0 ? `${length} problems` : error.message };
  }
}

function folderBlock(components: readonly Listed[], all: readonly Listed[], cli: Cli): string {
  const nameWidth = Math.max(...all.map(({ name }) => name.length));
  const versionWidth = Math.max(...all.map(({ version }) => version.length));
  const room = Math.max(20, cli.columns - nameWidth - versionWidth - 6);
  const rows = components.map(({ name, version, description, problem }) => [
    `  ${name.padEnd(nameWidth)}`,
    cli.paint('dim', version.padEnd(versionWidth)),
    problem === undefined
      ? fitWidth(description.split('\n')[0] ?? '', room)
      : cli.paint('red', fitWidth(`not valid: ${problem}`, room)),
  ]);
  return `${cli.paint('bold', nearPath(components[0]?.folder ?? ''))}\n${formatTable(rows)}`;
}

/** As short as it can be written from here. */
function nearPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near === '' ? '.' : near.startsWith('..') ? path : near;
}
