import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RemoteSource } from '../../cache/remote/source.ts';
import { isAptSource, parseAptSources } from '../../freshness/apt-sources.ts';
import { fetchPackage } from '../../freshness/fetch-package.ts';
import { giveToNamespace, makeNamespaceFolder } from '../../host/namespace-folder.ts';
import { readTexts } from '../../images/read-texts.ts';
import type { LockedPackage } from '../../model/lock.ts';
import type { Tree } from '../../model/tree.ts';
import type { Machine, MachineOptions } from '../../platforms/types.ts';
import { sha256 } from '../../support/canonical.ts';
import { GildError } from '../../support/errors.ts';
import { inOrder } from '../../support/in-order.ts';
import { debName } from '../../support/packages/deb-name.ts';
import { packageName } from '../../support/packages/package-name.ts';
import { readLayer } from '../read-layer.ts';
import { archivesWork } from '../work.ts';
import type { Workshop } from '../workshop.ts';
import { type AptFolders, inPlaceOfApts, makeAptFolders } from './apt-folders.ts';
import { notHeld } from './not-held.ts';
import type { PackageStore } from './package-store.ts';
import { systemOf } from './system-of.ts';

/** An archive of exactly the packages that a step is held to, which apt in its machine asks in place of all others. */
export interface HeldRepository {
  readonly folders: AptFolders;
  readonly surroundings: Required<Pick<MachineOptions, 'shared' | 'env'>>;
  /** Writes the index, with the machine's own dpkg, before anything else runs there. Throws `PACKAGES_NOT_HELD`. */
  open(machine: Machine): Promise<void>;
}

export interface RepositoryParts {
  readonly packages: readonly LockedPackage[];
  /** An own folder that is there, on the disk of the store. */
  readonly folder: string;
  readonly step: string;
  /** Of the image that is made. */
  readonly image: string;
  readonly tree: Tree;
  readonly workshop: Workshop;
  readonly store: PackageStore;
  readonly remote: RemoteSource | undefined;
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Brings all packages together: what is kept here, then what other hosts share, then from the archives of the tree. */
export async function makeHeldRepository(parts: RepositoryParts): Promise<HeldRepository> {
  const { packages, folder, workshop, step } = parts;
  const { host } = workshop;
  const below = join(folder, 'packages');
  await mkdir(below, { mode: 0o755 });
  await bringTogether(parts, below);
  const above = await makeNamespaceFolder(host, join(folder, 'repository'));
  await writeFile(join(above, 'apt.conf'), aptConf, { mode: 0o644 });
  await writeFile(join(above, 'sources.list'), packages.length > 0 ? source : '', { mode: 0o644 });
  const folders = await makeAptFolders(host, folder);
  return {
    folders,
    surroundings: {
      shared: [...inPlaceOfApts(folders), { target: repository, source: above, below }],
      env: { APT_CONFIG: `${repository}/apt.conf` },
    },
    open: async (machine) => {
      if (packages.length > 0) await writeIndex(packages, step, machine);
    },
  };
}

/** Outside of all that a script may clean, and in no layer. */
const repository = '/run/gild/packages';

/** Each package was checked by its hash on the host. */
const source = `deb [trusted=yes] file:${repository} ./\n`;

const aptConf = `Dir::Etc::sourcelist "${repository}/sources.list";\nDir::Etc::sourceparts "/dev/null";\n`;

async function bringTogether(parts: RepositoryParts, below: string): Promise<void> {
  const { packages, step, store, note } = parts;
  const pathOf = (item: LockedPackage) => join(below, debName(item));
  const left = new Map(packages.map((item) => [item.sha256, item]));
  for (const item of packages) if (await store.layOne(item.sha256, pathOf(item))) left.delete(item.sha256);
  const take = async (path: string, item: LockedPackage) => {
    await giveToNamespace(parts.workshop.host, path);
    await rename(path, pathOf(item));
    left.delete(item.sha256);
  };
  if (left.size > 0) await askOthers(left, parts, take);
  const others = left.size;
  const why = left.size > 0 ? await askArchives([...left.values()], parts, take) : undefined;
  const lost = [...left.values()].map(packageName);
  if (lost.length > 0)
    throw notHeld(`${lost.join(', ')} cannot be had, which the lock file has for ${step}.`, why);
  if (packages.length > 0)
    note(`held to ${packages.length} packages of the lock file, ${others} of them fetched from an archive`);
}

type Take = (path: string, item: LockedPackage) => Promise<void>;

async function askOthers(
  left: ReadonlyMap<string, LockedPackage>,
  { folder, step, image, tree, workshop, remote }: RepositoryParts,
  take: Take,
): Promise<void> {
  const system = remote && (await systemOf(tree, workshop));
  if (!system) return;
  const wanted = (digest: string) => left.get(digest.slice('sha256:'.length));
  await remote.layArchives(archivesWork(step, image, system), {
    scratch: folder,
    isKnown: async ({ digest }) => wanted(digest) === undefined,
    lay: async (path, { digest }) => {
      const item = wanted(digest);
      if (item) await take(path, item);
    },
  });
}

/** Returns why the last of those that could not be had could not. */
async function askArchives(
  wanted: readonly LockedPackage[],
  { folder, tree, workshop, signal }: RepositoryParts,
  take: Take,
): Promise<unknown> {
  const sources = parseAptSources(await readTexts(tree.layers, readLayer(workshop.trees), isAptSource));
  const archives = [...new Set(sources.map(({ archive }) => archive))];
  let why: unknown;
  const fetched = inOrder(wanted, atOnce, async (item) => {
    const to = join(folder, debName(item));
    try {
      await fetchPackage(item, archives, { to, signal });
      await take(to, item);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof GildError)) throw error;
      why = error;
    }
  });
  for await (const _done of fetched);
  return why;
}

const atOnce = 4;

async function writeIndex(packages: readonly LockedPackage[], step: string, machine: Machine): Promise<void> {
  const stanzas = await controlsOf(packages, machine);
  if (stanzas.length !== packages.length)
    throw notHeld(`The machine of ${step} cannot read the packages that the lock file has for it.`);
  const index = packages.map((item, at) => {
    const stanza = stanzas[at] ?? '';
    if (!isOf(stanza, item))
      throw notHeld(`The lock file has the file of another package for ${packageName(item)} of ${step}.`);
    return `${stanza}\nFilename: ./${debName(item)}\nSize: ${item.size}\nSHA256: ${item.sha256}\n`;
  });
  const text = Buffer.from(index.join('\n'));
  const release = `Date: Sat, 01 Jan 2000 00:00:00 UTC\nSHA256:\n ${sha256(text).slice('sha256:'.length)} ${text.length} Packages\n`;
  const script = 'cat > Packages && printf %s "$1" > Release';
  const argv = [...machine.toolbox, 'sh', '-c', script, 'sh', release];
  const { exitCode } = await machine.run({ argv, cwd: repository, stdin: text });
  if (exitCode !== 0) throw notHeld(`The packages of ${step} could not be listed in its machine.`);
}

/** What each says of itself, in order. */
async function controlsOf(packages: readonly LockedPackage[], machine: Machine): Promise<readonly string[]> {
  const said: Buffer[] = [];
  const script = 'for file; do dpkg-deb -f "$file" && echo || exit; done';
  await machine.run({
    argv: ['sh', '-c', script, 'sh', ...packages.map(debName)],
    cwd: repository,
    env: { TMPDIR: '/run' },
    onStdout: (chunk) => said.push(chunk),
  });
  return Buffer.concat(said)
    .toString()
    .trim()
    .split(/\n{2,}/);
}

function isOf(stanza: string, { name, version, architecture }: LockedPackage): boolean {
  const wanted = { Package: name, Version: version, Architecture: architecture };
  return Object.entries(wanted).every(([field, value]) => `\n${stanza}\n`.includes(`\n${field}: ${value}\n`));
}
