import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AptPackage, lineOf } from './apt-lists.ts';

/**
 * The SHA256, in hex, that each package has in the signed indexes that were read on this host, in the order of the
 * packages; undefined where none has it, or where two differ.
 */
export async function knownHashes(
  home: string,
  packages: readonly AptPackage[],
): Promise<readonly (string | undefined)[]> {
  if (packages.length === 0) return [];
  const folder = join(home, 'cache', 'archives');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.digests'));
  const found = packages.map(() => new Set<string>());
  for (const name of names) {
    const lines = `\n${await readFile(join(folder, name), 'utf8').catch(() => '')}`;
    for (const [index, item] of packages.entries()) {
      const line = lineOf(lines, item);
      if (line) found[index]?.add(line.sha256);
    }
  }
  return found.map((hashes) => (hashes.size === 1 ? [...hashes][0] : undefined));
}
