import type { Package } from '../model/image.ts';
import type { Layer } from '../model/tree.ts';
import { parseApkInstalled, parseDpkgStatus } from '../support/packages/databases.ts';
import { entryPath } from './entry-path.ts';
import type { LayerEntry, ReadLayer } from './types.ts';

export interface PackageList {
  /** Sorted by name, then architecture. */
  readonly packages: readonly Package[];
  /** What could not be read and why, a line each. */
  readonly notes: readonly string[];
}

/**
 * The packages of a tree, from the database of its package manager: dpkg's, else the one-file-each form of images
 * without dpkg, else Alpine's. Layers are read from the topmost down, and no further than that database.
 */
export async function listPackages(layers: readonly Layer[], read: ReadLayer): Promise<PackageList> {
  const view = createView();
  for (const layer of layers.toReversed()) {
    await addLayer(view, layer, read);
    if (view.files.has(dpkgStatus) || apkDatabases.some((path) => view.files.has(path))) break;
  }
  const packages = [...view.files].flatMap(([path, text]) => parseDatabase(path, text));
  const notes = [...view.notes];
  if (view.rpm && packages.length === 0)
    notes.push('The packages are in an RPM database, which is not read.');
  return { packages: packages.sort(byName), notes };
}

/**
 * The layers of a tree that its package list comes from, or may come from: large ones are not read to find out. A tree
 * of these alone has the same packages.
 */
export async function layersWithPackages(
  layers: readonly Layer[],
  read: ReadLayer,
): Promise<readonly Layer[]> {
  const concerned = await Promise.all(
    layers.map(async (layer) => layer.unpackedSize > quicklyRead || (await saysOfPackages(layer, read))),
  );
  return layers.filter((_layer, index) => concerned[index]);
}

const quicklyRead = 4 * 1024 * 1024;

async function saysOfPackages(layer: Layer, read: ReadLayer): Promise<boolean> {
  let says = false;
  await read(layer, {
    entry: ({ path, type }) => {
      const name = entryPath(path);
      says ||= hides(name, type).length > 0 || folders.some((folder) => name.startsWith(folder));
    },
    data: () => undefined,
  });
  return says;
}

const dpkgStatus = 'var/lib/dpkg/status';
const dpkgFolder = 'var/lib/dpkg/status.d/';
const apkDatabases = ['lib/apk/db/installed', 'usr/lib/apk/db/installed'];
const rpmFolders = ['var/lib/rpm/', 'usr/lib/sysimage/rpm/'];
const largest = 64 * 1024 * 1024;

/** What the layers read so far let through: in an upper layer, a file stands and a whiteout hides. */
interface View {
  readonly files: Map<string, string>;
  readonly notes: string[];
  readonly settled: Set<string>;
  readonly hidden: string[];
  rpm: boolean;
  bytes: number;
}

function createView(): View {
  return { files: new Map(), notes: [], settled: new Set(), hidden: [], rpm: false, bytes: 0 };
}

async function addLayer(view: View, layer: Layer, read: ReadLayer): Promise<void> {
  const hiddenBelow: string[] = [];
  let wanted: { readonly path: string; left: number; readonly chunks: Buffer[] } | undefined;
  const keep = () => {
    if (wanted && wanted.left === 0) view.files.set(wanted.path, Buffer.concat(wanted.chunks).toString());
    wanted = undefined;
  };
  await read(layer, {
    entry: (entry) => {
      keep();
      const path = entryPath(entry.path);
      hiddenBelow.push(...hides(path, entry.type));
      if (entry.type === 'directory' || isHidden(view, path)) return;
      if (rpmFolders.some((folder) => path.startsWith(folder))) view.rpm = true;
      if (isDatabase(path) && isWanted(view, path, entry)) wanted = { path, left: entry.size, chunks: [] };
    },
    data: (bytes) => {
      if (!wanted) return;
      wanted.left -= bytes.length;
      wanted.chunks.push(Buffer.from(bytes));
    },
  });
  keep();
  view.hidden.push(...hiddenBelow);
}

/** The topmost of a path counts, and only that, whatever it is. */
function isWanted(view: View, path: string, { type, size }: LayerEntry): boolean {
  if (view.settled.has(path)) return false;
  view.settled.add(path);
  if (type !== 'file') view.notes.push(`/${path} is a ${type}, not a file: not read.`);
  else if (view.bytes + size > largest) view.notes.push(`/${path} has ${size} bytes: too large, not read.`);
  else {
    view.bytes += size;
    return size > 0;
  }
  return false;
}

/** Paths, with everything in them, that lower layers have and an entry takes away. */
function hides(path: string, type: LayerEntry['type']): string[] {
  const slash = path.lastIndexOf('/') + 1;
  const name = path.slice(slash);
  if (name === '.wh..wh..opq') return [path.slice(0, slash)];
  if (name.startsWith('.wh.')) return hiding(path.slice(0, slash) + name.slice('.wh.'.length));
  return type === 'directory' ? [] : hiding(path);
}

/** Only what is on the way to a database, or part of one, matters. */
function hiding(path: string): string[] {
  return folders.some((folder) => folder.startsWith(path) || path.startsWith(folder)) ? [path] : [];
}

const folders = [dpkgStatus, dpkgFolder, ...apkDatabases, ...rpmFolders];

function isHidden(view: View, path: string): boolean {
  return view.hidden.some(
    (hidden) =>
      path === hidden || path.startsWith(hidden.endsWith('/') || hidden === '' ? hidden : `${hidden}/`),
  );
}

function isDatabase(path: string): boolean {
  if (path === dpkgStatus || apkDatabases.includes(path)) return true;
  return path.startsWith(dpkgFolder) && !path.endsWith('.md5sums') && !path.includes('/.wh.');
}

function parseDatabase(path: string, text: string): readonly Package[] {
  return apkDatabases.includes(path) ? parseApkInstalled(text) : parseDpkgStatus(text);
}

function byName(a: Package, b: Package): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.architecture < b.architecture ? -1 : a.architecture > b.architecture ? 1 : 0;
}
