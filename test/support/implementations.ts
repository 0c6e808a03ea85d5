import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { bases } from '../../src/bases/index.ts';
import { checks } from '../../src/checks/index.ts';
import { actions } from '../../src/component/actions/index.ts';
import { outputs } from '../../src/outputs/index.ts';
import { sha256 } from '../../src/support/canonical.ts';

const root = join(import.meta.dirname, '../..');
export const recordPath: string = join(root, 'test/implementations.json');

/** Folders whose members are versioned one by one; what they share goes by the name of the whole. */
const kinds = {
  'src/component/actions': { one: 'action', whole: 'component', members: Object.keys(actions) },
  'src/checks': { one: 'test', whole: 'tests', members: checks.map(({ type }) => type) },
  'src/outputs': { one: 'output', whole: 'outputs', members: outputs.map(({ type }) => type) },
  'src/bases': { one: 'base', whole: 'bases', members: bases.map(({ kind }) => kind) },
} as const;

/** What belongs to no member of a kind. */
const wholes: Readonly<Record<string, readonly string[]>> = {
  component: ['src/component'],
  files: ['src/engine/files.ts'],
  layer: ['src/trees', 'src/platforms/sandbox', 'src/engine/run.ts'],
  outputs: ['src/disks'],
  packages: ['src/images/packages.ts', 'src/support/packages/databases.ts'],
};

/** What looks at documents and results, and makes none. */
const onlookers = ['src/component/lint/', 'src/component/convert/', 'src/component/run-folder/'];

/** Name of each piece -> hash of its sources as they are now. */
export async function sourcesNow(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string[]>();
  const add = (name: string, paths: readonly string[]) =>
    files.set(name, [...(files.get(name) ?? []), ...paths]);
  for (const [folder, { one, whole, members }] of Object.entries(kinds)) {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const member = members.find((name) => kebab(name) === entry.name.replace(/\.ts$/, ''));
      const paths = await filesBelow(`${folder}/${entry.name}`);
      add(member === undefined ? whole : `${one}/${member}`, paths);
    }
  }
  for (const [name, paths] of Object.entries(wholes))
    add(name, (await Promise.all(paths.map(filesBelow))).flat().filter(makesResults));
  const named = [...files].filter(([, paths]) => paths.length > 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(await Promise.all(named.map(async ([name, paths]) => [name, await hashOf(paths)] as const)));
}

function makesResults(path: string): boolean {
  return !onlookers.some((folder) => path.startsWith(folder));
}

export async function recorded(): Promise<ReadonlyMap<string, string>> {
  return new Map(Object.entries(JSON.parse(await readFile(recordPath, 'utf8')) as Record<string, string>));
}

async function hashOf(paths: readonly string[]): Promise<string> {
  const texts = paths.toSorted().map(async (path) => [path, await readFile(join(root, path), 'utf8')]);
  return sha256(JSON.stringify(await Promise.all(texts))).slice('sha256:'.length, 'sha256:'.length + 16);
}

/** Sources that can make a difference: no tests, types or lists of members; not the folders of kinds inside. */
async function filesBelow(path: string): Promise<string[]> {
  if (path.endsWith('.ts')) return isSource(basename(path)) ? [path] : [];
  if (basename(path) === 'testing') return [];
  const entries = await readdir(join(root, path), { withFileTypes: true });
  const found = entries
    .map((entry) => `${path}/${entry.name}`)
    .filter((inner) => !(inner in kinds))
    .map(filesBelow);
  return (await Promise.all(found)).flat();
}

function isSource(name: string): boolean {
  return !/\.test\.ts$|-suite\.ts$|^test-|^(?:types|index)\.ts$/.test(name);
}

function kebab(name: string): string {
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}
