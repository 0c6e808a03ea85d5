import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { GildError } from '../support/errors.ts';
import { readBeginning } from '../support/files.ts';
import { nearest } from '../support/nearest.ts';
import { type ParsedDocument, parseDocument } from './document.ts';
import { compareVersions, isVersion, matchesVersion } from './version.ts';
import { documentLimits } from './yaml.ts';

/**
 * Finds components by name and version in folders, the first that has a match wins. A folder holds
 *
 *     <name>/<version>.yaml   any number of versions of a component
 *     <name>.yaml             a component without a version, which then counts as 1.0.0
 *
 * with `.yaml`, `.yml` or `.json`. Names are compared without case, `-`, `_` and a `-linux` at their end, so that
 * `AmazonCloudWatchAgent` is `amazon-cloudwatch-agent`. Folders that do not exist are passed over.
 */
export interface ComponentFinder {
  /** `version` is exact, has `x` in its last places, or is `latest`. Throws `COMPONENT_NOT_FOUND`, `COMPONENT_INVALID`. */
  find(name: string, version: string): Promise<ParsedDocument>;
  /** Where `find` would read from. */
  locate(name: string, version: string): Promise<ComponentFile>;
  /** Whether a component has that name, or one so near that this must be a misspelling of it. */
  knows(name: string): Promise<boolean>;
  /** Every version in every folder, in the order of the folders, then by name, newest first. */
  list(): Promise<readonly ComponentFile[]>;
}

export interface ComponentFile {
  readonly name: string;
  readonly version: string;
  readonly file: string;
  /** The folder it was found through. */
  readonly folder: string;
}

export function createComponentFinder(options: { readonly folders: readonly string[] }): ComponentFinder {
  const listAll = async () => (await Promise.all(options.folders.map(listFolder))).flat();
  const locate = async (name: string, version: string) => {
    const all = await listAll();
    const named = all.filter((file) => normalName(file.name) === normalName(name));
    for (const folder of options.folders) {
      const matching = named.filter(
        (file) => file.folder === folder && matchesVersion(file.version, version),
      );
      const newest = matching.sort((a, b) => compareVersions(b.version, a.version))[0];
      if (newest) return newest;
    }
    throw notFound({ name, version, named, all, folders: options.folders });
  };
  return {
    locate,
    knows: async (name) => {
      const all = await listAll();
      return (
        all.some((file) => normalName(file.name) === normalName(name)) || meantBy(name, all) !== undefined
      );
    },
    list: listAll,
    find: async (name, version) => {
      const found = await locate(name, version);
      return readComponent(found.file, { name: found.name, version: found.version });
    },
  };
}

/** Reads a component document from a file; without `identity`, its name is the file's. */
export async function readComponent(
  path: string,
  identity: { readonly name?: string; readonly version?: string } = {},
): Promise<ParsedDocument> {
  const { name, version } = { ...identityOf(path), ...identity };
  const text = await readText(path);
  return parseDocument(text, { file: path, ...(name && { name }), ...(version && { version }) });
}

const extensions = ['.yaml', '.yml', '.json'];

async function listFolder(folder: string): Promise<ComponentFile[]> {
  const files: ComponentFile[] = [];
  for (const entry of await entriesOf(folder)) {
    if (entry.isDirectory()) {
      for (const inner of await entriesOf(join(folder, entry.name))) {
        const version = stem(inner.name);
        if (version === undefined || !isVersion(version)) continue;
        files.push({ name: entry.name, version, file: join(folder, entry.name, inner.name), folder });
      }
      continue;
    }
    const name = stem(entry.name);
    if (name !== undefined) files.push({ name, version: '1.0.0', file: join(folder, entry.name), folder });
  }
  return files.sort((a, b) =>
    a.name === b.name ? compareVersions(b.version, a.version) : a.name < b.name ? -1 : 1,
  );
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

function stem(fileName: string): string | undefined {
  const extension = extname(fileName);
  return extensions.includes(extension) && !fileName.startsWith('.')
    ? basename(fileName, extension)
    : undefined;
}

/** `nginx/1.2.0.yaml` is version 1.2.0 of nginx; `nginx.yaml` is nginx without a version. */
function identityOf(path: string): { name?: string; version?: string } {
  const own = stem(basename(path)) ?? basename(path);
  return isVersion(own) ? { name: basename(join(path, '..')), version: own } : { name: own };
}

async function readText(path: string): Promise<string> {
  try {
    return (await readBeginning(path, documentLimits.bytes + 1)).toString('utf8');
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === undefined) throw error;
    const reason = unreadable[code] ?? `cannot be read (${code})`;
    throw new GildError({
      code: 'COMPONENT_NOT_FOUND',
      message: `The component document ${path} ${reason}.`,
      cause: error,
    });
  }
}

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder',
  ENOTFILE: 'is no regular file',
};

function normalName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[-_]/g, '')
    .replace(/(?<=.)linux$/, '');
}

function notFound(search: {
  readonly name: string;
  readonly version: string;
  readonly named: readonly ComponentFile[];
  readonly all: readonly ComponentFile[];
  readonly folders: readonly string[];
}): GildError {
  const { name, version, named, all, folders } = search;
  const looked = `Looked in ${folders.join(', ')}.`;
  if (named.length > 0) {
    const versions = [...new Set(named.map((file) => file.version))].join(', ');
    const message = `There is no version ${version} of the component \`${name}\`.`;
    return new GildError({ code: 'COMPONENT_NOT_FOUND', message, hint: `There is ${versions}. ${looked}` });
  }
  const meant = meantBy(name, all);
  const hint = meant ? `Did you mean \`${meant}\`? ${looked}` : looked;
  return new GildError({ code: 'COMPONENT_NOT_FOUND', message: `There is no component \`${name}\`.`, hint });
}

function meantBy(name: string, all: readonly ComponentFile[]): string | undefined {
  return nearest(name, new Set(all.map((file) => file.name)));
}
