import type { CompareVersions } from '../../support/packages/compare-versions.ts';

/** `1.22`, `1.22.x`, `>= 1.22`, and several of these with commas between. */
export const constraintPattern = /^\s*(?:[<>]?=?)\s*[^\s,<>=]+(?:\s*,\s*(?:[<>]?=?)\s*[^\s,<>=]+)*\s*$/;

export function satisfies(version: string, constraint: string, compare: CompareVersions): boolean {
  return constraint.split(',').every((part) => satisfiesOne(version, part.trim(), compare));
}

function satisfiesOne(version: string, constraint: string, compare: CompareVersions): boolean {
  const [, operator = '', wanted = ''] = /^([<>]?=?)\s*(.+)$/.exec(constraint) ?? [];
  if (operator === '' && /\.[x*]$/.test(wanted)) return hasPrefix(version, wanted.slice(0, -1));
  const order = compare(version, wanted);
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    default:
      return order === 0 || compare(withoutRevision(version), wanted) === 0;
  }
}

/** `1.22.x` takes `1.22.1-9+deb12u1` and `2:1.22.4`: few people know an epoch by heart. */
function hasPrefix(version: string, prefix: string): boolean {
  return version.startsWith(prefix) || version.replace(/^\d+:/, '').startsWith(prefix);
}

/** What upstream calls it: without epoch and package revision. */
function withoutRevision(version: string): string {
  return version.replace(/^\d+:/, '').replace(/-[^-]*$/, '');
}
