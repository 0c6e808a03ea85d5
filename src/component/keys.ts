import { nearest } from '../support/nearest.ts';
import { childOf, describe } from './node.ts';
import type { MapNode, Source } from './source.ts';

/** Keys that are not known: a problem, or a warning where real documents have them. */
export function checkKeys(
  node: MapNode,
  known: readonly string[],
  source: Source,
  options: { readonly unknown: 'error' | 'warn'; readonly of: string },
): void {
  for (const entry of node.entries) {
    if (known.includes(entry.key)) continue;
    const meant = nearest(entry.key, known);
    const hint = meant
      ? `Did you mean \`${meant}\`?`
      : `It may have ${known.map((key) => `\`${key}\``).join(', ')}.`;
    source[options.unknown](entry.keyStart, `\`${entry.key}\` is not a key of ${options.of}.`, hint);
  }
}

/** Letters, digits, `-` and `_`, 3 to 128 of them: phases, steps, parameters and constants. */
export const namePattern = /^[A-Za-z0-9_-]{3,128}$/;

/** The `name` of a phase or step, or undefined if it is absent or wrong, which is then told. */
export function requireName(node: MapNode, what: string, source: Source): string | undefined {
  const value = childOf(node, 'name');
  if (!value) {
    source.error(node.start, `${what} has no \`name\`.`);
    return undefined;
  }
  if (value.kind === 'scalar' && namePattern.test(String(value.value))) return String(value.value);
  const rule = 'A name has 3 to 128 letters, digits, `-` or `_`.';
  source.error(value.start, `${describe(value)} is not a name.`, rule);
  return undefined;
}

/** The document's own name, which may hold anything. */
export function readName(node: MapNode, source: Source): string | undefined {
  const value = childOf(node, 'name');
  if (!value) return undefined;
  if (value.kind === 'scalar') return String(value.value);
  source.error(value.start, '`name` must be text.');
  return undefined;
}

export function readFlag(node: MapNode, key: string, source: Source): boolean {
  const value = childOf(node, key);
  if (!value) return false;
  const text = value.kind === 'scalar' ? String(value.value).toLowerCase() : '';
  if (text !== 'true' && text !== 'false') {
    source.error(value.start, `\`${key}\` must be true or false, not ${describe(value)}.`);
  }
  return text === 'true';
}

export function readInteger(
  node: MapNode,
  key: string,
  options: {
    readonly fallback: number;
    readonly expected: string;
    readonly allows: (value: number) => boolean;
  },
  source: Source,
): number {
  const value = childOf(node, key);
  if (!value) return options.fallback;
  const text = value.kind === 'scalar' ? String(value.value) : '';
  const number = /^[+-]?\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (options.allows(number)) return number;
  source.error(value.start, `\`${key}\` must be ${options.expected}, not ${describe(value)}.`);
  return options.fallback;
}
