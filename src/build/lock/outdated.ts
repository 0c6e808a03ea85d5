import { stat } from 'node:fs/promises';
import { type AptSuite, isAptSource, parseAptSources } from '../../freshness/apt-sources.ts';
import { readSuite, type SuiteState } from '../../freshness/archive.ts';
import { type NewerPackage, newerPackages } from '../../freshness/newer.ts';
import { chooseImage } from '../../images/choose.ts';
import { readTexts } from '../../images/read-texts.ts';
import { imageLabel } from '../../images/reference.ts';
import type { BuildSpec } from '../../model/buildspec.ts';
import type { Image } from '../../model/image.ts';
import type { LockFile } from '../../resolve/lock-file.ts';
import { readLayer } from '../read-layer.ts';
import { readRecipe } from '../read-recipe.ts';
import type { Hooks, RecipeOptions } from '../types.ts';
import { openWorkshop, type Workshop } from '../workshop.ts';
import { resolveLocked } from './locked.ts';
import { type OutdatedDownload, outdatedDownloads } from './outdated-downloads.ts';

export interface OutdatedOptions extends Omit<RecipeOptions, 'recipe'> {
  /** A recipe, or the name of an image. */
  readonly target: string;
}

/** What is newer outside than in an image, or than what the lock file of a recipe says. */
export interface Outdated {
  /** The image whose packages were compared: the newest of a recipe. */
  readonly image?: string;
  readonly packages: readonly OutdatedPackage[];
  readonly base?: { readonly reference: string; readonly locked: string; readonly newest: string };
  readonly components: readonly { readonly use: string; readonly locked: string; readonly newest: string }[];
  readonly downloads: readonly OutdatedDownload[];
  /** What was not asked, and why, a line each. */
  readonly notes: readonly string[];
}

export interface OutdatedPackage extends NewerPackage {
  /** The component that installed it, as the recipe has it; absent where it is the base's or not known. */
  readonly use?: string;
}

/** Asks the outside world, and builds nothing. */
export async function findOutdated(
  options: OutdatedOptions,
  { signal }: Pick<Hooks, 'signal'>,
): Promise<Outdated> {
  const workshop = openWorkshop();
  try {
    workshop.disposer.add(await workshop.records.useContent(signal));
    const { target, ...others } = options;
    if (await isThere(target)) {
      const { spec } = await readRecipe({ recipe: target, ...others });
      return await outdatedRecipe(spec, workshop, signal);
    }
    const image = await chooseImage(workshop.records, target);
    return {
      ...(await outdatedImage(image, workshop, { signal })),
      image: imageLabel(image),
      components: [],
      downloads: [],
    };
  } finally {
    await workshop.close();
  }
}

export async function outdatedRecipe(
  spec: BuildSpec,
  workshop: Workshop,
  signal: AbortSignal,
): Promise<Outdated> {
  const image = await workshop.records.find(spec.name, 'latest');
  const quiet = { signal, warn: () => undefined };
  const then = await resolveLocked(spec, workshop, quiet);
  const now = await resolveLocked(spec, workshop, { ...quiet, forget: allButDebian });
  const found =
    image && (await outdatedImage(image, workshop, { signal, ...(then.before && { file: then.before }) }));
  const fetched = await outdatedDownloads(then.file, workshop, signal);
  const before = { base: then.lock.base.digest, components: then.lock.components };
  const last = then.before || !image ? before : { base: image.base.digest, components: image.components };
  return {
    ...(image && { image: imageLabel(image) }),
    packages: found?.packages ?? [],
    ...(spec.base.kind !== 'debian' &&
      last.base !== now.lock.base.digest && {
        base: { reference: spec.base.reference, locked: last.base, newest: now.lock.base.digest },
      }),
    components: now.file.components.flatMap(({ use }, index) => {
      const newest = now.lock.components[index];
      const locked = last.components.find(({ name }) => name === newest?.name);
      if (!newest || !locked || locked.version === newest.version) return [];
      return { use, locked: locked.version, newest: newest.version };
    }),
    downloads: fetched.downloads,
    notes: [
      ...(found?.notes ?? [`There is no image ${spec.name} yet, so there are no packages to compare.`]),
      ...fetched.notes,
    ],
  };
}

/** What archives have newer than the newest image of a recipe; nothing where there is none. */
export async function outdatedPackages(
  name: string,
  workshop: Workshop,
  options: { readonly signal: AbortSignal; readonly file?: LockFile },
): Promise<readonly OutdatedPackage[]> {
  workshop.disposer.add(await workshop.records.useContent(options.signal));
  const image = await workshop.records.find(name, 'latest');
  return image ? (await outdatedImage(image, workshop, options)).packages : [];
}

/** The lists of a Debian archive change with every upload: whether that matters, its packages tell. */
function allButDebian({ base, components, ...rest }: LockFile): LockFile {
  return {
    ...rest,
    ...(base?.kind === 'debian' && { base }),
    components: components.map(({ version: _version, digest: _digest, ...entry }) => entry),
  };
}

async function outdatedImage(
  image: Image,
  workshop: Workshop,
  { signal, file }: { readonly signal: AbortSignal; readonly file?: LockFile },
): Promise<Pick<Outdated, 'packages' | 'notes'>> {
  const sources = parseAptSources(await readTexts(image.layers, readLayer(workshop.trees), isAptSource));
  const notes: string[] = [];
  const states = await Promise.all(
    sources.map((source) => stateOf(source, { image, workshop, signal, note: (line) => notes.push(line) })),
  );
  if (sources.length === 0 && image.packages.length > 0)
    notes.push('The image has no archives of apt, so its packages are not compared.');
  const newer = newerPackages(image.packages, states.flat());
  return { packages: newer.map((item) => ({ ...item, ...ownerOf(item, file) })), notes };
}

async function stateOf(
  source: AptSuite,
  scope: {
    readonly image: Image;
    readonly workshop: Workshop;
    readonly signal: AbortSignal;
    readonly note: (line: string) => void;
  },
): Promise<SuiteState[]> {
  const { image, workshop, signal, note } = scope;
  const { home } = workshop.host;
  const state = await readSuite(source, { home, architecture: image.architecture, signal });
  if (typeof state !== 'string') return [state];
  if (state === 'unknown-keys')
    note(`${source.archive} ${source.suite}: signed with keys that are not on this host, not compared.`);
  return [];
}

/** The last component that installed it. */
function ownerOf(
  { name, installed, architecture }: NewerPackage,
  file: LockFile | undefined,
): { use?: string } {
  const line = `${name} ${installed} ${architecture}`;
  const entry = file?.components.findLast(({ packages }) => packages?.some((known) => isOf(known, line)));
  return entry ? { use: entry.use } : {};
}

/** A line of a lock file may have the hash of the package at its end. */
function isOf(known: string, line: string): boolean {
  return known === line || known.startsWith(`${line} `);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
