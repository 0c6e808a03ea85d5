import { posix } from 'node:path';
import type { Condition } from '../model/component.ts';
import type { OperatingSystem } from '../model/operating-system.ts';

/** The inputs of an action by name. */
export type Fields = Readonly<Record<string, AnyField>>;

/** How one input is read. */
export interface Field<Value> {
  /**
   * `map`: texts by name; `value`: one text or a list of them; `assignments`: a list of `{name, value}`;
   * `condition`: an expression as in `if`.
   */
  readonly kind: 'text' | 'texts' | 'flag' | 'map' | 'value' | 'assignments' | 'condition';
  readonly required: boolean;
  /** Value when the input is absent. */
  readonly fallback: Value;
  /** One line for the component reference. */
  readonly about: string;
  /** What was expected instead, for a text that is not right. */
  readonly check: ((text: string) => string | undefined) | undefined;
  /** A path in the machine, which is written otherwise on Windows. */
  readonly isPath?: true;
  /** Only these know it; all by default. */
  readonly platforms?: readonly OperatingSystem[];
}

export type AnyField =
  | Field<string>
  | Field<string | undefined>
  | Field<readonly string[]>
  | Field<boolean>
  | Field<Readonly<Record<string, string>>>
  | Field<string | readonly string[]>
  | Field<Condition>;

export type Item<F extends Fields> = {
  readonly [Name in keyof F]: F[Name] extends Field<infer Value> ? Value : never;
};

type Check = (text: string) => string | undefined;

export function text(about: string, check?: Check): Field<string> {
  return { kind: 'text', required: true, fallback: '', about, check };
}

export function textOr(fallback: string, about: string, check?: Check): Field<string> {
  return { kind: 'text', required: false, fallback, about, check };
}

export function optionalText(about: string, check?: Check): Field<string | undefined> {
  return { kind: 'text', required: false, fallback: undefined, about, check };
}

export function texts(about: string): Field<readonly string[]> {
  return { kind: 'texts', required: true, fallback: [], about, check: undefined };
}

export function optionalTexts(about: string, check?: Check): Field<readonly string[]> {
  return { kind: 'texts', required: false, fallback: [], about, check };
}

export function flag(fallback: boolean, about: string): Field<boolean> {
  return { kind: 'flag', required: false, fallback, about, check: undefined };
}

export function textMap(about: string): Field<Readonly<Record<string, string>>> {
  return { kind: 'map', required: false, fallback: {}, about, check: undefined };
}

/** One text, or a list of them; numbers count as text. */
export function textOrTexts(about: string): Field<string | readonly string[]> {
  return { kind: 'value', required: true, fallback: '', about, check: undefined };
}

export function pathText(about: string, check: Check = absolutePath): Field<string> {
  return { ...text(about, check), isPath: true };
}

/** An input that is an error where the machine runs Windows. */
export function notOnWindows<Value>(field: Field<Value>): Field<Value> {
  return { ...field, platforms: ['linux', 'macos'] };
}

export function assignments(about: string): Field<Readonly<Record<string, string>>> {
  return { kind: 'assignments', required: false, fallback: {}, about, check: undefined };
}

export function condition(about: string): Field<Condition> {
  return { kind: 'condition', required: true, fallback: never, about, check: undefined };
}

const never: Condition = { kind: 'or', of: [] };

export function absolutePath(value: string): string | undefined {
  return value.startsWith('/') || isWindowsPath(value) ? undefined : 'an absolute path';
}

/** A relative path begins where steps do. */
export function fromRoot(path: string): string {
  return path.startsWith('/') || isWindowsPath(path) ? path : posix.join('/', path);
}

/** `C:\x`, `C:/x`, `\\server\share`. */
export function isWindowsPath(value: string): boolean {
  return /^([A-Za-z]:[\\/]|\\\\)/.test(value);
}

/** Whether the path names a folder by the separator at its end. */
export function endsInSeparator(value: string): boolean {
  return value.endsWith('/') || (isWindowsPath(value) && value.endsWith('\\'));
}

/** `*` may stand in the last part only. */
export function pathPattern(value: string): string | undefined {
  const separator = isWindowsPath(value)
    ? Math.max(value.lastIndexOf('/'), value.lastIndexOf('\\'))
    : value.lastIndexOf('/');
  if (value.slice(0, separator + 1).includes('*')) return 'a path with `*` in its last part only';
  return absolutePath(value);
}

export function permissionBits(value: string): string | undefined {
  return /^(0o)?0?[0-7]{1,4}$/.test(value) ? undefined : 'octal permissions such as `0644`';
}

export function oneOf(...values: readonly string[]): Check {
  const known = values.map((value) => value.toLowerCase());
  return (value) => (known.includes(value.toLowerCase()) ? undefined : `one of ${values.join(', ')}`);
}

export function ownerName(value: string): string | undefined {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/.test(value) ? undefined : 'the name or number of a user or group';
}

export function wholeNumber(value: string): string | undefined {
  return /^\d{1,9}$/.test(value) ? undefined : 'a whole number';
}
