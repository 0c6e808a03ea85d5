import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PackageFile } from '../model/lock.ts';
import { type AptPackage, lineStart, parseFile } from './apt-lists.ts';

/**
 * The file that each package has in the signed indexes that were read on this host, in the order of the packages;
 * undefined where none has it, or where two have another one.
 */
export async function knownFiles(
  home: string,
  packages: readonly AptPackage[],
): Promise<readonly (PackageFile | undefined)[]> {
  if (packages.length === 0) return [];
  const folder = join(home, 'cache', 'archives');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.files'));
  const found = new Map(packages.map((item) => [lineStart(item), new Map<string, PackageFile>()]));
  for (const name of names.sort()) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => '');
    for (const line of text.split('\n')) {
      const end = endOfStart(line);
      const file = found.has(line.slice(0, end)) ? parseFile(line.slice(end)) : undefined;
      if (file) found.get(line.slice(0, end))?.set(file.sha256, file);
    }
  }
  return packages.map((item) => {
    const files = [...(found.get(lineStart(item))?.values() ?? [])];
    return files.length === 1 ? files[0] : undefined;
  });
}

/** After name, architecture and version. */
function endOfStart(line: string): number {
  let end = -1;
  for (let words = 0; words < 3; words++) end = line.indexOf(' ', end + 1);
  return end + 1;
}
