import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { Stock } from '../inventory.ts';

/** What a later build fetches, or finds out, again where it is missing, whatever folder of `cache/` it is in. */
const folders = ['cache', 'downloads'];

/** What is read off files and layers; all others are fetched. */
const foundOut = /^cache\/(?:surveys|systems)\//;

/**
 * Signed lists of distributions: what a locked base is made of, and mirrors have them for hours or days alone. They are
 * small, and no collection for want of space is to take them.
 */
const lists = 'cache/apt/lists/';
const listsKeptMs = 400 * 86_400_000;

function isList({ name }: KeptFile): boolean {
  return name.startsWith(lists);
}

/** Commands that only look, such as `plan`, write here without holding the store. */
function isUnderWay({ name, usedAt }: KeptFile): boolean {
  return name.endsWith('.tmp') && Date.now() - usedAt < 3_600_000;
}

/** Files of the same digest belong together: what it is, and what is known of it. */
export async function listKeptFiles(home: string): Promise<Stock[]> {
  const files = (await filesBelow(home, folders)).filter((file) => !isList(file) && !isUnderWay(file));
  return [...Map.groupBy(files, ({ name }) => stemOf(name))].map(([stem, own]): Stock => {
    const isFound = foundOut.test(stem);
    const bytes = own.reduce((sum, file) => sum + file.bytes, 0);
    return {
      id: `file ${stem}`,
      kind: isFound ? 'facts' : 'downloads',
      name: isFound ? stem : basename(stem),
      record: { files: own.map(({ name }) => join(home, name)) },
      usedAt: Math.max(...own.map(({ usedAt }) => usedAt)),
      uses: 0,
      seconds: bytes / bytesPerSecond,
      parts: [{ id: `file ${stem}`, bytes }],
      diffIds: [],
      blobs: [],
      broken: false,
    };
  });
}

/** A guess. */
const bytesPerSecond = 10e6;

/** Lists that nothing was made of for more than a year. */
export async function forgetOldLists(home: string): Promise<void> {
  for (const { name, usedAt } of await filesBelow(home, [lists]))
    if (Date.now() - usedAt > listsKeptMs) await rm(join(home, name), { force: true });
}

/** Of what no collection takes: runs with their logs, and lists. */
export async function recordBytes(home: string): Promise<number> {
  const files = await filesBelow(home, ['runs', lists]);
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

interface KeptFile {
  /** Relative to the home. */
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly usedAt: number;
}

async function filesBelow(home: string, below: readonly string[]): Promise<KeptFile[]> {
  const found = await Promise.all(
    below.map((folder) =>
      readdir(join(home, folder), { recursive: true, withFileTypes: true }).catch(() => []),
    ),
  );
  const paths = found
    .flat()
    .flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []))
    .sort();
  const seen = paths.map(async (path): Promise<KeptFile | undefined> => {
    const facts = await stat(path).catch(() => undefined);
    return (
      facts && {
        name: relative(home, path),
        bytes: facts.size,
        usedAt: Math.max(facts.mtimeMs, facts.atimeMs),
      }
    );
  });
  return (await Promise.all(seen)).filter((file) => file !== undefined);
}

function stemOf(name: string): string {
  const digest = /^[0-9a-f]{64}/.exec(basename(name))?.[0];
  return digest === undefined ? name : join(dirname(name), digest);
}
