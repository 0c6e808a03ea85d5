import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import { nearest } from '../support/nearest.ts';
import type { Problems } from './problems.ts';
import { type Path, type Source, valueAt } from './source.ts';
import { code } from './words.ts';

/** Says which files that the recipe names are not there. */
export async function checkHostFiles(
  source: Source,
  data: unknown,
  context: { readonly directory: string; readonly problems: Problems },
): Promise<void> {
  const { directory, problems } = context;
  const named = [...pathsIn(data, 'components', 'path'), ...pathsIn(data, 'files', 'from')];
  await Promise.all(
    named.map(async ({ path, text }) => {
      if (problems.silenced(path) || text.includes('\0')) return;
      const absolute = resolve(directory, text);
      const entry = await stat(absolute).catch((error: NodeJS.ErrnoException) => error);
      if (entry instanceof Error) {
        if (entry.code !== 'ENOENT' && entry.code !== 'ENOTDIR') return;
        problems.add(source, {
          path,
          code: 'FILE_NOT_FOUND',
          message: `There is no file ${code(text)}.`,
          hint: await similar(absolute, directory),
        });
      } else if (path[0] === 'components' && entry.isDirectory()) {
        problems.add(source, {
          path,
          message: `${code(text)} is a folder.`,
          hint: 'Name the component document in it.',
        });
      }
    }),
  );
}

function pathsIn(data: unknown, section: string, field: string): { path: Path; text: string }[] {
  const list = valueAt(data, [section]);
  return (Array.isArray(list) ? list : []).flatMap((_, index) => {
    const path = [section, index, field];
    const text = valueAt(data, path);
    return typeof text === 'string' && text !== '' ? [{ path, text }] : [];
  });
}

async function similar(absolute: string, directory: string): Promise<string> {
  const names = await readdir(dirname(absolute)).catch(() => []);
  const name = nearest(basename(absolute), names);
  if (name) return `Did you mean ${code(relative(directory, resolve(dirname(absolute), name)))}?`;
  return "Relative paths start at the recipe's folder.";
}
