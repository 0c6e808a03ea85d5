/**
 * A relative path without empty parts, `.`, or slashes around it; the root is the empty string. A leading
 * slash is taken off, as GNU tar does. `undefined` if a part is `..`.
 */
export function relativePath(path: string): string | undefined {
  if (path !== '' && !/(?:^|\/)\.{0,2}(?:\/|$)/.test(path)) return path;
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? undefined : parts.join('/');
}

/** Empty for a name directly below the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function joined(parent: string, name: string): string {
  return parent === '' ? name : `${parent}/${name}`;
}

/** Depth first, names by their bytes: the order of `tar --sort=name`. */
export function comparePaths(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const x = a.charCodeAt(index);
    const y = b.charCodeAt(index);
    if (x !== y) return x === slash ? -1 : y === slash ? 1 : x - y;
  }
  return a.length - b.length;
}

const slash = 0x2f;

/** Paths of ours (text) in the form that archive paths have (a byte per character). */
export function toBytes(path: string): string {
  return Buffer.from(path).toString('latin1');
}
