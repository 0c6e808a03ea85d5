import type { Declaration } from '../model/component.ts';
import { isNumber } from './condition/numbers.ts';
import { matchesWhole } from './condition/pattern.ts';

/** What was expected instead of a value that a parameter may not have. */
export function valueProblem(
  { type, oneOf, pattern }: Pick<Declaration, 'type' | 'oneOf' | 'pattern'>,
  value: string,
): string | undefined {
  if (type === 'number' && !isNumber(value)) return 'a number';
  if (type === 'boolean' && value !== 'true' && value !== 'false') return '`true` or `false`';
  const parts = type !== 'list' ? [value] : value === '' ? [] : value.split(',');
  const each = type === 'list' ? 'a list whose entries are ' : '';
  if (oneOf && parts.some((part) => !oneOf.includes(part)))
    return `${each}one of ${oneOf.map((one) => `\`${one}\``).join(', ')}`;
  if (pattern !== undefined && parts.some((part) => !matchesWhole(pattern, part)))
    return `${each}text that matches \`${pattern}\``;
  return undefined;
}
