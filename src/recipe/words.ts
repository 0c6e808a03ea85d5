import { nearest } from '../support/nearest.ts';

/** The candidate that was probably meant: a whole word that was cut short, or a near miss. */
export function similar(word: string, candidates: readonly string[]): string | undefined {
  const started =
    word.length > 1
      ? candidates.filter((candidate) => candidate.toLowerCase().startsWith(word.toLowerCase()))
      : [];
  if (started.length === 1) return started[0];
  const near = nearest(word, candidates);
  return word.length < 3 && near?.[0]?.toLowerCase() !== word[0]?.toLowerCase() ? undefined : near;
}

/** `a`, `b` or `c` */
export function listed(words: readonly string[], last = 'or'): string {
  const quoted = words.map(code);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} ${last} ${quoted.at(-1)}`;
}

/** In backticks, on one line, not too long. */
export function code(text: string): string {
  const line = text
    .replace(/\s+/g, ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')
    .trim();
  return `\`${line.length > 60 ? `${line.slice(0, 57)}...` : line}\``;
}

/** A value as a person would name it; `written` is how it stands in the file. */
export function shown(value: unknown, written?: string): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return value.trim() === '' ? 'empty text' : code(value);
  if (typeof value === 'number') return `the number ${code(written ?? String(value))}`;
  if (typeof value === 'boolean') return code(written ?? String(value));
  return Array.isArray(value) ? 'a list' : 'fields';
}

/** What the schema's type names mean to people. */
export function typeWord(type: string): string {
  return typeWords[type] ?? type;
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list',
  tuple: 'a list',
  object: 'fields',
  record: 'fields',
  null: 'nothing',
};

/** Joins phrases: text, a number or fields. */
export function either(phrases: readonly string[]): string {
  const unique = [...new Set(phrases)];
  return unique.length < 2 ? unique.join('') : `${unique.slice(0, -1).join(', ')} or ${unique.at(-1)}`;
}
