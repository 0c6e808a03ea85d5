import { isUtf8 } from 'node:buffer';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { GildError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import { code } from './words.ts';

/** A recipe's file, found and within limits. */
export interface RecipeFile {
  /** As people see it. */
  readonly shown: string;
  readonly path: string;
  readonly kind: 'text' | 'module';
}

const fileNames = ['recipe.yaml', 'recipe.yml', 'recipe.json', 'recipe.ts', 'recipe.mts'];
const moduleEndings = ['.ts', '.mts', '.js', '.mjs'];
const largest = 1024 * 1024;

/** Finds the recipe's file; a folder means the recipe in it. Throws `RECIPE_NOT_FOUND`, `RECIPE_INVALID`. */
export async function findRecipe(path: string): Promise<RecipeFile> {
  let shownPath = path;
  let entry = await stat(path).catch((error: NodeJS.ErrnoException) => notThere(path, error));
  if (entry.isDirectory()) {
    const names = await readdir(path).catch((error: NodeJS.ErrnoException) => notThere(path, error));
    const name = fileNames.find((candidate) => names.includes(candidate));
    if (!name) throw noRecipeIn(path, names);
    shownPath = join(path, name);
    entry = await stat(shownPath).catch((error: NodeJS.ErrnoException) => notThere(shownPath, error));
  }
  if (!entry.isFile())
    throw invalid(shownPath, `${code(shownPath)} is not a regular file.`, 'Save the recipe in a file.');
  if (entry.size > largest) {
    const size = (entry.size / largest).toFixed(1);
    throw invalid(
      shownPath,
      `${code(shownPath)} is ${size} MiB large; a recipe may have 1 MiB.`,
      'Keep large contents in files of their own and name them under `files`.',
    );
  }
  const kind = moduleEndings.includes(extname(shownPath)) ? 'module' : 'text';
  return { shown: shownPath, path: resolve(shownPath), kind };
}

/** The text of a file in UTF-8, without a byte order mark. Throws `RECIPE_INVALID`. */
export async function readText(file: Pick<RecipeFile, 'shown' | 'path'>): Promise<string> {
  const bytes = await readFile(file.path).catch((error: NodeJS.ErrnoException) =>
    notThere(file.shown, error),
  );
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw invalid(
      file.shown,
      `${code(file.shown)} is encoded in UTF-16; Gild reads UTF-8.`,
      'Save it as UTF-8.',
    );
  }
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    throw invalid(
      file.shown,
      `${code(file.shown)} is not text: there is a zero byte at offset ${zero}.`,
      'A recipe is YAML, JSON or TypeScript.',
    );
  }
  if (!isUtf8(bytes)) throw notUtf8(file.shown, bytes);
  return bytes.toString('utf8').replace(/^\ufeff/, '');
}

function notUtf8(shownPath: string, bytes: Buffer): GildError {
  let line = 1;
  let start = 0;
  for (
    let end = bytes.indexOf(10);
    end >= 0 && isUtf8(bytes.subarray(start, end));
    end = bytes.indexOf(10, start)
  ) {
    start = end + 1;
    line++;
  }
  const end = bytes.indexOf(10, start);
  const text = new TextDecoder().decode(bytes.subarray(start, end < 0 ? undefined : end));
  const column = text.indexOf('\ufffd') + 1;
  return new GildError({
    code: 'RECIPE_INVALID',
    message: `${code(shownPath)} is not UTF-8: see line ${line}.`,
    hint: 'Save it as UTF-8.',
    at: { file: shownPath, line, column },
  });
}

function invalid(shownPath: string, message: string, hint: string): GildError {
  return new GildError({
    code: 'RECIPE_INVALID',
    message,
    hint,
    at: { file: shownPath, line: 1, column: 1 },
  });
}

async function notThere(path: string, error: NodeJS.ErrnoException): Promise<never> {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') {
    const why = error.code === 'EACCES' ? 'permission denied' : (error.code ?? error.message);
    throw new GildError({
      code: 'RECIPE_NOT_FOUND',
      message: `${code(path)} cannot be read: ${why}.`,
      cause: error,
    });
  }
  const names = await readdir(dirname(path)).catch(() => []);
  const similar = nearest(basename(path), names);
  throw new GildError({
    code: 'RECIPE_NOT_FOUND',
    message: `There is no file ${code(path)}.`,
    hint: similar
      ? `Did you mean ${code(join(dirname(path), similar))}?`
      : 'Give the path of a recipe, or of a folder with a `recipe.yaml` in it.',
  });
}

function noRecipeIn(path: string, names: readonly string[]): GildError {
  const others = names.filter((name) => /\.(ya?ml|json|m?ts)$/.test(name)).sort();
  return new GildError({
    code: 'RECIPE_NOT_FOUND',
    message: `The folder ${code(path)} has no recipe: none of ${fileNames.map(code).join(', ')} is in it.`,
    ...(others[0] ? { hint: `Name the file, for example ${code(join(path, others[0]))}.` } : {}),
  });
}
