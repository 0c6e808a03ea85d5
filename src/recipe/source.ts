import type { SourcePosition } from '../model/position.ts';

/** Keys and indexes from the top of a document. */
export type Path = readonly (string | number)[];

/** A document that was read, able to say where each of its values stands. */
export interface Source {
  /** As people wrote it on the command line. */
  readonly file: string;
  /** Plain data: objects, lists, texts, numbers, booleans, null. */
  readonly data: unknown;
  /** Of the value, or of its key; of the nearest thing around it when there is no such value. */
  position(path: Path, part?: Part): SourcePosition;
  /** Of the `occurrence`th (from 0) `fragment` in the text at `path`. */
  positionInside(path: Path, fragment: string, occurrence: number): SourcePosition;
  /** A plain value exactly as it was written: `1.10`, `0755`. */
  written(path: Path): string | undefined;
  /** The lines around a position; absent where the source is not plain text. */
  frame(at: SourcePosition): string | undefined;
}

export type Part = 'key' | 'value';

/** Equal for equal paths. */
export function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/** The value at `path`, or undefined. */
export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

/** `components[1].version` */
export function pathText(path: Path): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`))
    .join('');
}
