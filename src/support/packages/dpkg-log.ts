import type { Package } from '../../model/image.ts';
import { packageName } from './package-name.ts';

/** What dpkg has unpacked, each once, in the order of its log: also what was replaced or removed since. */
export function parseDpkgLog(text: string): readonly Package[] {
  const found = new Map<string, Package>();
  for (const [, name = '', architecture = '', version = ''] of text.matchAll(unpacked)) {
    const item = { name, version, architecture };
    found.set(packageName(item), item);
  }
  return [...found.values()];
}

/** `2026-11-26 22:12:32 upgrade libc6:amd64 2.36-9 2.36-9+deb12u1` */
const unpacked = /^\S+ \S+ (?:install|upgrade) ([^\s:]+):(\S+) \S+ (\S+)$/gm;
