import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { ComponentDocument } from '../model/component.ts';
import { GildError } from '../support/errors.ts';
import { readBeginning } from '../support/files.ts';
import { nearest } from '../support/nearest.ts';
import { type Alias, readAliases } from './aliases.ts';
import { type ParsedDocument, parseDocument } from './document.ts';
import { compareVersions, isVersion, matchesVersion } from './version.ts';
import { documentLimits } from './yaml.ts';

/**
 * Finds components by name and version in folders, the first that has a match wins. A folder holds
 *
 *     <name>/<version>.yaml   any number of versions of a component
 *     <name>.yaml             a component without a version, which then counts as 1.0.0
 *     aliases                 other names for its components
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
  /** Of parameters, where an alias that it was found by changes them. */
  readonly defaults?: Readonly<Record<string, string>>;
}

export function createComponentFinder(options: { readonly folders: readonly string[] }): ComponentFinder {
  const shelves = () => Promise.all(options.folders.map(readShelf));
  const locate = async (name: string, version: string) => {
    const all = await shelves();
    const named = all.map((shelf) => filesNamed(name, shelf));
    for (const files of named) {
      const matching = files.filter((file) => matchesVersion(file.version, version));
      const newest = matching.sort((a, b) => compareVersions(b.version, a.version))[0];
      if (newest) return newest;
    }
    throw notFound({ name, version, named: named.flat(), all, folders: options.folders });
  };
  return {
    locate,
    knows: async (name) => {
      const all = await shelves();
      return all.some((shelf) => filesNamed(name, shelf).length > 0) || meantBy(name, all) !== undefined;
    },
    list: async () => (await shelves()).flatMap(({ files }) => files),
    find: async (name, version) => {
      const { defaults = {}, ...found } = await locate(name, version);
      const parsed = await readComponent(found.file, found);
      return { ...parsed, document: withDefaults(parsed.document, defaults) };
    },
  };
}

/** What one folder offers. */
interface Shelf {
  readonly files: readonly ComponentFile[];
  readonly aliases: readonly Alias[];
}

async function readShelf(folder: string): Promise<Shelf> {
  const [files, aliases] = await Promise.all([listFolder(folder), readAliases(folder)]);
  return { files, aliases };
}

/** A component's own name comes before an alias. */
function filesNamed(name: string, { files, aliases }: Shelf): ComponentFile[] {
  const own = files.filter((file) => sameName(file.name, name));
  const alias = aliases.find((each) => sameName(each.name, name));
  if (own.length > 0 || !alias) return own;
  return files
    .filter((file) => file.name === alias.component)
    .map((file) => ({ ...file, defaults: alias.defaults }));
}

function withDefaults(
  document: ComponentDocument,
  defaults: Readonly<Record<string, string>>,
): ComponentDocument {
  const parameters = document.parameters.map((parameter) => {
    const value = defaults[parameter.name] ?? parameter.value;
    return { ...parameter, ...(value !== undefined && { value }) };
  });
  return { ...document, parameters };
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

function sameName(a: string, b: string): boolean {
  return normalName(a) === normalName(b);
}

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
  readonly all: readonly Shelf[];
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

function meantBy(name: string, shelves: readonly Shelf[]): string | undefined {
  return nearest(
    name,
    new Set(shelves.flatMap(({ files, aliases }) => [...files, ...aliases]).map((each) => each.name)),
  );
}
