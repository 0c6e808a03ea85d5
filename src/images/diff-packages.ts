import type { Package } from '../model/image.ts';
import { compareAlpine, compareDebian } from '../support/packages/compare-versions.ts';

export interface PackageChange {
  readonly name: string;
  readonly change: PackageChangeKind;
  /** Absent in an added package. */
  readonly before?: Package;
  /** Absent in a removed package. */
  readonly after?: Package;
}

/** `changed`: another architecture, or versions that are written differently and sort as equal. */
export type PackageChangeKind = 'added' | 'removed' | 'upgraded' | 'downgraded' | 'changed';

/** Sorted by name. A package that both have in one architecture only is one package, whatever that is. */
export function diffPackages(
  before: readonly Package[],
  after: readonly Package[],
): readonly PackageChange[] {
  const several = new Set([...repeated(before), ...repeated(after)]);
  const key = (item: Package) => (several.has(item.name) ? `${item.name}:${item.architecture}` : item.name);
  const left = new Map(before.map((item) => [key(item), item]));
  const right = new Map(after.map((item) => [key(item), item]));
  const keys = [...new Set([...left.keys(), ...right.keys()])].sort();
  return keys.flatMap((name) => compare(name, left.get(name), right.get(name)) ?? []);
}

function repeated(packages: readonly Package[]): string[] {
  const seen = new Set<string>();
  return packages.flatMap(({ name }) => {
    if (seen.has(name)) return [name];
    seen.add(name);
    return [];
  });
}

function compare(name: string, before?: Package, after?: Package): PackageChange | undefined {
  if (!before) return after && { name, change: 'added', after };
  if (!after) return { name, change: 'removed', before };
  if (before.version === after.version && before.architecture === after.architecture) return undefined;
  const order = compareVersions(before.version, after.version);
  return { name, change: order < 0 ? 'upgraded' : order > 0 ? 'downgraded' : 'changed', before, after };
}

/** Alpine's versions end in a revision of their own kind; all else sorts as in Debian. */
function compareVersions(before: string, after: string): number {
  const isAlpine = /-r\d+$/.test(before) && /-r\d+$/.test(after);
  return isAlpine ? compareAlpine(before, after) : compareDebian(before, after);
}
