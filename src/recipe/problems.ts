import type { Diagnostic } from '../model/diagnostic.ts';
import type { SourcePosition } from '../model/position.ts';
import { type ErrorCode, GildError } from '../support/errors.ts';
import { type Part, type Path, pathKey, pathText, type Source } from './source.ts';

/** Something wrong with, or odd about, the value at `path`. */
export interface Problem {
  readonly path: Path;
  /** What to point at; the value by default. */
  readonly part?: Part;
  /** What to point at inside the text at `path`. */
  readonly inside?: { readonly fragment: string; readonly occurrence: number };
  /** An exact place; `path` does not matter then. */
  readonly at?: SourcePosition;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly code?: ErrorCode;
}

/** Collects all that is wrong, so that it can be said in one go. */
export interface Problems {
  add(source: Source, problem: Problem): void;
  warn(source: Source, code: string, problem: Problem): void;
  /** Nothing more is said about the value at `path` of the recipe: its cause was already named. */
  silence(path: Path): void;
  silenced(path: Path): boolean;
  /** Hides these values in all messages and frames. */
  redact(redactor: (text: string) => string): void;
  readonly count: number;
  warnings(): Diagnostic[];
  /** One `RECIPE_INVALID` with every problem in the order of the file. */
  error(file: string): GildError;
}

const shown = 100;
/** Kept, so that a file of nothing but mistakes takes no time; the first are those that people see. */
const kept = 1000;

export function createProblems(): Problems {
  const found: { readonly source: Source; readonly problem: Problem }[] = [];
  const remarks: { readonly source: Source; readonly code: string; readonly problem: Problem }[] = [];
  const silent = new Set<string>();
  let hide = (text: string): string => text;

  const details = (source: Source, problem: Problem) => {
    const at = problem.at ?? place(source, problem);
    const frame = source.frame(at)?.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
    const where = frame === undefined && problem.path.length > 0 ? `${pathText(problem.path)}: ` : '';
    return {
      message: hide(where + problem.message),
      ...(problem.hint === undefined ? {} : { hint: hide(problem.hint) }),
      at,
      ...(frame === undefined ? {} : { frame: hide(frame) }),
    };
  };

  return {
    add: (source, problem) => {
      if (found.length < kept) found.push({ source, problem });
    },
    warn: (source, code, problem) => void remarks.push({ source, code, problem }),
    silence: (path) => void silent.add(pathKey(path)),
    silenced: (path) => path.some((_, index) => silent.has(pathKey(path.slice(0, index + 1)))),
    redact: (redactor) => {
      hide = redactor;
    },
    get count() {
      return found.length;
    },
    warnings: () =>
      remarks.map(({ source, code, problem }) => ({ code, ...details(source, problem) })).sort(inOrder),
    error: (file) => {
      const problems = found
        .map(
          ({ source, problem }) =>
            new GildError({ code: problem.code ?? 'RECIPE_INVALID', ...details(source, problem) }),
        )
        .sort(inOrder)
        .filter(unlikeTheOneBefore);
      return new GildError({
        code: 'RECIPE_INVALID',
        message: `${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}.`,
        ...(problems.length > shown ? { hint: `Only the first ${shown} are shown.` } : {}),
        ...(problems[0]?.at ? { at: problems[0].at } : {}),
        problems: problems.slice(0, shown),
      });
    },
  };
}

function place(source: Source, problem: Problem): SourcePosition {
  if (!problem.inside) return source.position(problem.path, problem.part);
  return source.positionInside(problem.path, problem.inside.fragment, problem.inside.occurrence);
}

interface Placed {
  readonly at?: SourcePosition | undefined;
  readonly message: string;
}

/** Stable: what was found first comes first among problems of one place and file. */
function inOrder(a: Placed, b: Placed): number {
  if (!a.at || !b.at || a.at.file !== b.at.file) return 0;
  return a.at.line - b.at.line || a.at.column - b.at.column;
}

function unlikeTheOneBefore(problem: Placed, index: number, all: readonly Placed[]): boolean {
  const before = all[index - 1];
  return (
    before?.message !== problem.message ||
    before.at?.line !== problem.at?.line ||
    before.at?.column !== problem.at?.column
  );
}
