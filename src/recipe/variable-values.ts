import { runInNewContext } from 'node:vm';
import type { VariableDefinition } from './variable-schema.ts';
import { code, listed, shown } from './words.ts';

export type VariableType = 'string' | 'number' | 'boolean' | 'list';
export type VariableValue = string | number | boolean | readonly (string | number | boolean)[];

/** A value, and how it reads in the middle of a text. */
export interface TypedValue {
  readonly value: VariableValue;
  /** Absent for lists: they stand alone. */
  readonly text?: string;
  /** How the items of a list read as text. */
  readonly texts?: readonly string[];
}

/** What is wrong with a value, as the end of a sentence: `must be a number, found ...`. */
export interface Refusal {
  readonly refused: string;
}

export function typeOf(value: unknown): VariableType {
  if (Array.isArray(value)) return 'list';
  return typeof value === 'number' || typeof value === 'boolean' ? (typeof value as VariableType) : 'string';
}

/** Reads a value that came as text: from `--var` or the environment. */
export function fromText(text: string, type: VariableType): TypedValue | Refusal {
  if (type === 'string') return { value: text, text };
  if (type === 'list') return listFromText(text);
  const trimmed = text.trim();
  if (type === 'boolean') {
    if (trimmed === 'true' || trimmed === 'false') return { value: trimmed === 'true', text: trimmed };
    return { refused: `must be \`true\` or \`false\`, found ${shown(text)}` };
  }
  const number = Number(trimmed);
  if (trimmed === '' || !Number.isFinite(number))
    return { refused: `must be a number, found ${shown(text)}` };
  return { value: number, text: trimmed };
}

/** Takes a value that came as data: a default or a variable file. `written` is how it, or an item, stands there. */
export function fromData(
  value: unknown,
  type: VariableType,
  written: (index?: number) => string | undefined,
): TypedValue | Refusal {
  if (Array.isArray(value)) {
    if (type !== 'list') return { refused: `must be ${words[type]}, found a list` };
    if (!value.every(isScalar)) return { refused: 'must be a list of plain values' };
    return { value, texts: value.map((item, index) => written(index) ?? String(item)) };
  }
  const text = written() ?? String(value);
  if (!isScalar(value)) return { refused: `must be ${words[type]}, found ${shown(value)}` };
  if (type === 'string') return { value: text, text };
  if (typeof value !== type) return { refused: `must be ${words[type]}, found ${shown(value, written())}` };
  return { value, text };
}

const words: Readonly<Record<VariableType, string>> = {
  string: 'text',
  number: 'a number',
  boolean: '`true` or `false`',
  list: 'a list',
};

/** What the definition's own rules say against a value. */
export function refusal(typed: TypedValue, definition: VariableDefinition): string | undefined {
  const rules = definition.validation;
  if (!rules) return undefined;
  const { value } = typed;
  const size = typeof value === 'number' ? value : typeof value === 'boolean' ? undefined : value.length;
  const unit = typeof value === 'string' ? ' characters' : Array.isArray(value) ? ' items' : '';
  const broken =
    (rules.min !== undefined &&
      size !== undefined &&
      size < rules.min &&
      `must be at least ${rules.min}${unit}`) ||
    (rules.max !== undefined &&
      size !== undefined &&
      size > rules.max &&
      `must be at most ${rules.max}${unit}`) ||
    (rules.oneOf &&
      !all(value, (item) => rules.oneOf?.includes(item)) &&
      `must be one of ${listed(rules.oneOf.map(String))}`) ||
    (rules.pattern !== undefined &&
      !all(value, (item) => matches(String(item), rules.pattern ?? '')) &&
      `must match ${code(rules.pattern)}`);
  if (!broken) return undefined;
  return rules.message ?? `${broken}, found ${shown(value)}`;
}

/** Why a pattern cannot be used, if so. */
export function patternFault(pattern: string): string | undefined {
  try {
    new RegExp(pattern, 'u');
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: /, '');
  }
}

/** Whole value; a pattern that takes too long counts as not matching. */
function matches(text: string, pattern: string): boolean {
  if (patternFault(pattern)) return true;
  try {
    const whole = `^(?:${pattern})$`;
    return runInNewContext('new RegExp(whole, "u").test(text)', { whole, text }, { timeout: 200 }) as boolean;
  } catch {
    return false;
  }
}

function all(value: VariableValue, test: (item: string | number | boolean) => boolean | undefined): boolean {
  return (Array.isArray(value) ? value : [value]).every(test);
}

function listFromText(text: string): TypedValue | Refusal {
  if (!text.trim().startsWith('['))
    return { value: text === '' ? [] : text.split(',').map((item) => item.trim()) };
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every(isScalar)) return { value: list };
  } catch {
    // Said below.
  }
  return { refused: `must be a list such as \`a,b\` or \`["a", "b"]\`, found ${shown(text)}` };
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
