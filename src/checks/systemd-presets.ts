import type { Machine } from '../platforms/types.ts';
import { readText, utility } from './capture.ts';

export interface Preset {
  readonly enable: boolean;
  readonly file: string;
}

/** The strongest first: a file of the same name in an earlier folder replaces one in a later. */
const presetFolders = [
  '/etc/systemd/system-preset',
  '/run/systemd/system-preset',
  '/usr/local/lib/systemd/system-preset',
  '/usr/lib/systemd/system-preset',
  '/lib/systemd/system-preset',
];

/** The first rule that names the unit; files count in the order of their names. */
export async function presetFor(
  machine: Machine,
  unit: string,
  signal?: AbortSignal,
): Promise<Preset | undefined> {
  const found = await utility(
    machine,
    ['find', ...presetFolders, '-maxdepth', '1', '-name', '*.preset'],
    signal,
  );
  const byName = new Map<string, string>();
  for (const folder of presetFolders) {
    for (const path of found.stdout.split('\n').filter((line) => line.startsWith(`${folder}/`))) {
      const name = path.slice(folder.length + 1);
      if (!byName.has(name)) byName.set(name, path);
    }
  }
  for (const [, file] of [...byName].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const enable = presetRule((await readText(machine, file, signal)) ?? '', unit);
    if (enable !== undefined) return { enable, file };
  }
  return undefined;
}

/** What the text of a preset file says of a unit: enable, disable, or nothing. */
export function presetRule(text: string, unit: string): boolean | undefined {
  for (const line of text.split('\n')) {
    const [, verb, pattern] = /^\s*(enable|disable)\s+(\S+)/.exec(line) ?? [];
    if (pattern !== undefined && globMatches(pattern, unit)) return verb === 'enable';
  }
  return undefined;
}

/** Without a regular expression: the pattern is the image's, and one with many stars would take for ever. */
function globMatches(pattern: string, name: string): boolean {
  let p = 0;
  let afterStar = -1;
  let retry = 0;
  for (let n = 0; n < name.length; ) {
    if (pattern[p] === '*') {
      afterStar = ++p;
      retry = n;
    } else if (pattern[p] === '?' || pattern[p] === name[n]) {
      p++;
      n++;
    } else if (afterStar >= 0) {
      p = afterStar;
      n = ++retry;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(p));
}
