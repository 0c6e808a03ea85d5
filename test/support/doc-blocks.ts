import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** A fenced block of a page: what stands behind the fence is its language, then what it is and its file name. */
export interface Block {
  /** `docs/recipes.md:12` */
  readonly at: string;
  readonly language: string;
  /** `recipe`, `recipe-part`, `recipe-wrong`, `component`, `component-wrong`; for text, the command it is from. */
  readonly words: readonly string[];
  readonly text: string;
}

export const repository = join(import.meta.dirname, '../..');

/** README, CONTRIBUTING and what people wrote under `docs/`. */
export async function pages(): Promise<readonly string[]> {
  const files = await readdir(join(repository, 'docs'), { recursive: true });
  const written = files.filter((file) => file.endsWith('.md') && !file.startsWith('reference/')).sort();
  return ['README.md', 'CONTRIBUTING.md', ...written.map((file) => join('docs', file))];
}

export async function blocks(): Promise<readonly Block[]> {
  const found = await Promise.all((await pages()).map(async (page) => blocksOf(page, await read(page))));
  return found.flat();
}

export function read(page: string): Promise<string> {
  return readFile(join(repository, page), 'utf8');
}

function blocksOf(page: string, text: string): Block[] {
  return [...text.matchAll(/^```(\S*)(.*)\n([\s\S]*?)^```$/gm)].map(
    ({ index, 1: language, 2: info, 3: body }) => ({
      at: `${relative('.', page)}:${text.slice(0, index).split('\n').length}`,
      language: language ?? '',
      words: (info ?? '').trim().split(/\s+/).filter(Boolean),
      text: body ?? '',
    }),
  );
}
