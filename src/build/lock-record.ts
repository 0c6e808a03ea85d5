import type { BuiltTree } from '../engine/run.ts';
import { knownHashes } from '../freshness/known-hashes.ts';
import type { Package } from '../model/image.ts';
import type { Tree } from '../model/tree.ts';
import { type ComponentEntry, formatLockFile, writeLockFile } from '../resolve/lock-file.ts';
import { allOf } from '../support/all-of.ts';
import type { ImageJob } from './image-job.ts';
import { stepsOfComponents } from './locked-downloads.ts';
import { packagesOf } from './packages-of.ts';

/** Writes into the lock file, where there is one that this build may write, what each component took from outside. */
export async function recordInLock(
  job: ImageJob,
  { after, downloads }: Pick<BuiltTree, 'after' | 'downloads'>,
): Promise<void> {
  const { locked } = job.planned;
  if (!locked?.before || job.options.frozen) return;
  const steps = stepsOfComponents(job.planned);
  const installed = await installedBy([...after], job);
  const entries = locked.file.components.map(async (entry, index): Promise<ComponentEntry> => {
    const { packages: before = [], downloads: known, ...rest } = entry;
    const step = steps[index] ?? '';
    const packages = await linesOf(installed.get(step) ?? [], before, job.workshop.host.home);
    const fetched = downloads.get(step) ?? known ?? [];
    return {
      ...rest,
      ...(fetched.length > 0 && { downloads: fetched }),
      ...(packages.length > 0 && { packages }),
    };
  });
  const components = await allOf(entries);
  const file = { ...locked.file, components };
  if (formatLockFile(file) !== formatLockFile(locked.file)) await writeLockFile(locked.path, file);
}

/** By step: what its tree has that the one before has not. Steps that installed nothing are left out. */
async function installedBy(
  trees: readonly (readonly [string, Tree])[],
  job: ImageJob,
): Promise<ReadonlyMap<string, readonly Package[]>> {
  const installed = new Map<string, readonly Package[]>();
  let before: readonly Package[] = [];
  for (const [step, tree] of trees) {
    const { packages } = await packagesOf(tree, job);
    const known = new Set(before.map(packageLine));
    const added = packages.filter((item) => !known.has(packageLine(item)));
    if (added.length > 0) installed.set(step, added);
    before = packages;
  }
  return installed;
}

/** With the hash that a signed index has of it, where that is known; what stands there already stays as it is. */
async function linesOf(
  packages: readonly Package[],
  before: readonly string[],
  home: string,
): Promise<readonly string[]> {
  const there = new Map(before.map((line) => [line.split(' ').slice(0, 3).join(' '), line]));
  const added = packages.filter((item) => !there.has(packageLine(item)));
  const hashes = await knownHashes(home, added);
  for (const [index, item] of added.entries()) {
    const hash = hashes[index];
    there.set(packageLine(item), packageLine(item) + (hash === undefined ? '' : ` sha256:${hash}`));
  }
  return packages.map((item) => there.get(packageLine(item)) ?? packageLine(item));
}

function packageLine({ name, version, architecture }: Package): string {
  return `${name} ${version} ${architecture}`;
}
