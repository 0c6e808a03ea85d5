import { nearest } from '../support/nearest.ts';
import { readCondition } from './condition/read-condition.ts';
import { type AnyField, fromRoot } from './fields.ts';
import { holdsReference } from './references.ts';
import type { Action } from './types.ts';

/** Something wrong with the inputs of a step; `path` leads to it from `inputs`. */
export interface InputProblem {
  readonly path: readonly (string | number)[];
  readonly target: 'key' | 'value';
  readonly message: string;
  readonly hint?: string;
}

export type ReadItem = Record<string, unknown>;

/**
 * Reads plain data as the inputs of an action. `written`: a text that holds a reference is right whatever it says;
 * `resolved`: it is what it says.
 */
export function readInputs(
  action: Action,
  inputs: unknown,
  stage: 'written' | 'resolved',
): { readonly items: readonly ReadItem[]; readonly problems: readonly InputProblem[] } {
  if (action.shape === 'condition') {
    const { condition, problems } = readCondition(inputs ?? {}, stage);
    return { items: [{ condition }], problems };
  }
  const problems: InputProblem[] = [];
  const reader = { action, stage, problems };
  if (inputs === undefined || inputs === null) {
    if (action.shape !== 'none') {
      problems.push({
        path: [],
        target: 'value',
        message: `${action.name} needs \`inputs\`.`,
        hint: example(action),
      });
    }
    return { items: action.shape === 'none' ? [readItem({}, [], reader)] : [], problems };
  }
  if (action.shape === 'list') return { items: readList(inputs, reader), problems };
  if (!isMap(inputs)) {
    const found = Array.isArray(inputs) ? 'a list' : 'text';
    const message = `\`inputs\` of ${action.name} is a map, not ${found}.`;
    problems.push({ path: [], target: 'value', message, hint: example(action) });
    return { items: [], problems };
  }
  return { items: [readItem(inputs, [], reader)], problems };
}

interface Reader {
  readonly action: Action;
  readonly stage: 'written' | 'resolved';
  readonly problems: InputProblem[];
}

function readList(inputs: unknown, reader: Reader): ReadItem[] {
  const { action, problems } = reader;
  if (!Array.isArray(inputs)) {
    const message = `\`inputs\` of ${action.name} is a list of maps.`;
    problems.push({ path: [], target: 'value', message, hint: example(action) });
    return [];
  }
  if (inputs.length === 0) {
    problems.push({
      path: [],
      target: 'value',
      message: `\`inputs\` of ${action.name} is empty.`,
      hint: example(action),
    });
  }
  return inputs.flatMap((item: unknown, index) => {
    if (isMap(item)) return [readItem(item, [index], reader)];
    const message = `Each entry of \`inputs\` of ${action.name} is a map.`;
    problems.push({ path: [index], target: 'value', message, hint: example(action) });
    return [];
  });
}

function readItem(given: ReadItem, path: readonly (string | number)[], reader: Reader): ReadItem {
  const { action, problems } = reader;
  const before = problems.length;
  for (const key of Object.keys(given)) {
    if (Object.hasOwn(action.fields, key)) continue;
    problems.push({ path: [...path, key], target: 'key', ...unknownInput(action, key) });
  }
  const item: ReadItem = {};
  for (const [key, field] of Object.entries(action.fields)) {
    const value = given[key];
    if (value !== undefined && value !== null) item[key] = readField(field, value, [...path, key], reader);
    else if (!field.required) item[key] = field.fallback;
    else if (reader.action.shape !== 'none') {
      problems.push({
        path,
        target: 'value',
        message: `${action.name} needs \`${key}\`.`,
        hint: `\`${key}\`: ${lower(field.about)}`,
      });
    }
  }
  const complaint =
    problems.length === before && !isOpen(given, reader) ? action.check?.(item as never) : undefined;
  if (complaint) {
    const { field, message, hint } = complaint;
    problems.push({ path: [...path, field], target: 'value', message, ...(hint && { hint }) });
  }
  return item;
}

function readField(
  field: AnyField,
  value: unknown,
  path: readonly (string | number)[],
  reader: Reader,
): unknown {
  const wrong = (expected: string, at: readonly (string | number)[] = path, found: unknown = value) => {
    const message = `\`${path.at(-1)}\` of ${reader.action.name} must be ${expected}.`;
    const hint = isMap(found)
      ? 'A `: ` in it makes a map of it; put the text in quotes or below `|`.'
      : field.kind === 'texts' && !Array.isArray(value)
        ? 'Put `- ` before each line.'
        : undefined;
    reader.problems.push({ path: at, target: 'value', message, ...(hint && { hint }) });
  };
  if (field.kind === 'assignments') return readAssignments(value, path, wrong);
  if (field.kind === 'map') {
    if (!isMap(value)) return wrong('a map of texts');
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => {
        const text = readText(inner);
        if (text === undefined) wrong('a map of texts', [...path, name], inner);
        return [name, text ?? ''];
      }),
    );
  }
  if (field.kind === 'texts' || (field.kind === 'value' && Array.isArray(value))) {
    if (!Array.isArray(value)) return wrong('a list of texts');
    if (field.required && value.length === 0) wrong('a list with at least one entry');
    return value.map((entry: unknown, index) => {
      const text = readText(entry);
      const expected = text === undefined ? 'a list of texts' : expectedOf(field, text, reader);
      if (expected) wrong(expected, [...path, index], entry);
      return text;
    });
  }
  const text = readText(value);
  if (text === undefined) return wrong(field.kind === 'flag' ? 'true or false' : 'text');
  if (field.kind === 'flag') {
    if (reader.stage === 'written' && holdsReference(text)) return field.fallback;
    if (!/^(true|false)$/i.test(text)) wrong('true or false');
    return text.toLowerCase() === 'true';
  }
  const isOpen = reader.stage === 'written' && holdsReference(text);
  const meant = field.isPath && text !== '' && !isOpen ? fromRoot(text) : text;
  const expected = expectedOf(field, meant, reader);
  if (expected) wrong(expected);
  return meant;
}

function readAssignments(
  value: unknown,
  path: readonly (string | number)[],
  wrong: (expected: string, at?: readonly (string | number)[]) => void,
): Record<string, string> {
  const expected = 'a list of maps with `name` and `value`';
  if (!Array.isArray(value)) {
    wrong(expected);
    return {};
  }
  return Object.fromEntries(
    value.map((entry: unknown, index) => {
      const [name, text] = isMap(entry) ? [readText(entry.name), readText(entry.value)] : [];
      if (name === undefined || text === undefined) wrong(expected, [...path, index]);
      return [name ?? '', text ?? ''];
    }),
  );
}

function expectedOf(field: AnyField, text: string, reader: Reader): string | undefined {
  if (text.includes('\0')) return 'text without NUL characters';
  if (reader.stage === 'written' && holdsReference(text)) return undefined;
  if (field.required && field.kind === 'text' && text === '') return 'something';
  return field.check?.(text);
}

/** Whether a check over several fields must wait until references are resolved. */
function isOpen(given: ReadItem, reader: Reader): boolean {
  return (
    reader.stage === 'written' &&
    Object.values(given).some((value) => typeof value === 'string' && holdsReference(value))
  );
}

function readText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : undefined;
}

function unknownInput(action: Action, key: string): { message: string; hint: string } {
  const names = Object.keys(action.fields);
  const meant = nearest(key, names);
  const hint = meant
    ? `Did you mean \`${meant}\`?`
    : names.length === 0
      ? 'It takes none.'
      : `It takes ${names.map((name) => `\`${name}\``).join(', ')}.`;
  return { message: `${action.name} has no input \`${key}\`.`, hint };
}

/** The shape that was expected, in the writer's own language. */
function example(action: Action): string {
  const required = Object.entries(action.fields).filter(([, field]) => field.required);
  const shown = required
    .map(([key, field]) => `${key}: ${field.kind === 'texts' ? '[...]' : '...'}`)
    .join(', ');
  return action.shape === 'list' ? `Write \`inputs: [{${shown}}]\`.` : `Write \`inputs: {${shown}}\`.`;
}

function isMap(value: unknown): value is ReadItem {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
