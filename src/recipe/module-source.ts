import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { codeFrame } from '../support/code-frame.ts';
import { withOwnPackage } from './own-package.ts';
import type { Problems } from './problems.ts';
import { type RecipeFile, readText } from './read-file.ts';
import type { Source } from './source.ts';
import { code } from './words.ts';

/** Runs a TypeScript or JavaScript recipe and takes its default export, or the export `recipe`. */
export async function moduleSource(file: RecipeFile, problems: Problems): Promise<Source> {
  const { mtimeMs } = await stat(file.path);
  let data: unknown;
  let source = sourceOf(file.shown, undefined);
  try {
    const url = `${pathToFileURL(file.path).href}?version=${mtimeMs}`;
    const module = await withOwnPackage(() => import(url) as Promise<Record<string, unknown>>);
    data = module.default ?? module.recipe;
    source = sourceOf(file.shown, data);
    if (data === undefined) {
      problems.add(source, {
        path: [],
        message: `${code(file.shown)} exports no recipe.`,
        hint: 'Write `export default defineRecipe({ ... })`, or `export const recipe = defineRecipe({ ... })`.',
      });
    } else {
      return refuseOdd(data, source, problems) ? sourceOf(file.shown, undefined) : source;
    }
  } catch (thrown) {
    await explainThrown(thrown, file, source, problems);
  }
  return source;
}

function sourceOf(file: string, data: unknown): Source {
  const position = () => ({ file, line: 1, column: 1 });
  return { file, data, position, positionInside: position, written: () => undefined, frame: () => undefined };
}

/** A recipe is plain data, whatever language it was written in. Whether something else was found. */
function refuseOdd(data: unknown, source: Source, problems: Problems): boolean {
  const before = problems.count;
  const above = new Set<object>();
  const visit = (value: unknown, path: readonly (string | number)[]): void => {
    const odd = path.length > 64 ? 'nesting deeper than 64 levels' : oddness(value, above);
    if (odd) {
      problems.add(source, { path, message: `A recipe is made of plain values, found ${odd}.` });
    } else if (typeof value === 'object' && value !== null) {
      above.add(value);
      for (const [key, item] of Object.entries(value)) {
        visit(item, [...path, Array.isArray(value) ? Number(key) : key]);
      }
      above.delete(value);
    }
  };
  visit(data, []);
  return problems.count > before;
}

function oddness(value: unknown, above: ReadonlySet<object>): string | undefined {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol' || typeof value === 'bigint') return `a ${typeof value}`;
  if (typeof value !== 'object' || value === null) return undefined;
  if (above.has(value)) return 'a value inside itself';
  if (Array.isArray(value)) return undefined;
  if (Object.hasOwn(value, '__proto__')) return 'a field `__proto__`';
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return undefined;
  return value instanceof Promise
    ? 'a promise'
    : `an object of class ${code(value.constructor?.name ?? 'unknown')}`;
}

async function explainThrown(
  thrown: unknown,
  file: RecipeFile,
  source: Source,
  problems: Problems,
): Promise<void> {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { line, column } = placeIn(error.stack ?? '', file.path);
  const at = { file: file.shown, line: line ?? 1, column: column ?? 1 };
  const text = line === undefined ? undefined : await readText(file).catch(() => undefined);
  const framed = text === undefined ? source : { ...source, frame: () => codeFrame(text, at) };
  problems.add(framed, { path: [], at, ...wordsFor(error, file) });
}

function wordsFor(error: Error, { shown, path }: RecipeFile): { message: string; hint?: string } {
  if (error instanceof SyntaxError && isNoModule.test(error.message)) {
    const name = basename(path, extname(path)) + (extname(path) === '.ts' ? '.mts' : '.mjs');
    return {
      message: `${code(shown)} is not a module, but imports or exports.`,
      hint: `Name it ${code(name)}, or write \`"type": "module"\` in the \`package.json\` above it.`,
    };
  }
  const message = `${code(shown)} cannot be run: ${error.message.split('\n')[0]?.replace(/\.$/, '')}.`;
  const missing = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
  return missing ? { message, hint: 'Imports of files need their ending: `./sites.ts`.' } : { message };
}

/** What Node says of a file that the `package.json` above it declares to be a script. */
const isNoModule = /^(Cannot use import statement outside a module|Unexpected token 'export')/;

/** From a frame `file:///recipe.ts:3:7`, or from what Node writes above a syntax error. */
function placeIn(stack: string, path: string): { readonly line?: number; readonly column?: number } {
  const frame = new RegExp(`${escaped(pathToFileURL(path).href)}[^:\\n]*:(\\d+):(\\d+)`).exec(stack);
  if (frame) return { line: Number(frame[1]), column: Number(frame[2]) };
  const syntax = new RegExp(`^${escaped(path)}:(\\d+)\\n`).exec(stack);
  if (!syntax) return {};
  return { line: Number(syntax[1]), column: (/\n( *)\^/.exec(stack)?.[1]?.length ?? 0) + 1 };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
