/** `1.2.3` */
export function isVersion(text: string): boolean {
  return /^\d+\.\d+\.\d+$/.test(text);
}

/** Whether a version is meant by a pattern: `latest`, `1.x.x`, `x.x.x`, `1.2`, `1.2.3`. */
export function matchesVersion(version: string, pattern: string): boolean {
  if (pattern === 'latest' || pattern === '*') return true;
  const parts = version.split('.');
  return pattern
    .split('.')
    .every((part, index) => part === 'x' || part === '*' || Number(part) === Number(parts[index]));
}

export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (const [index, part] of (left ?? []).entries()) {
    const difference = part - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
