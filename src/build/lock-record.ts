import type { BuiltTree } from '../engine/run.ts';
import type { Package } from '../model/image.ts';
import type { Tree } from '../model/tree.ts';
import { type ComponentEntry, formatLockFile, writeLockFile } from '../resolve/lock-file.ts';
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
  const components = locked.file.components.map((entry, index): ComponentEntry => {
    const { packages: _before, downloads: known, ...rest } = entry;
    const step = steps[index] ?? '';
    const packages = installed.get(step);
    const fetched = downloads.get(step) ?? known ?? [];
    return {
      ...rest,
      ...(fetched.length > 0 && { downloads: fetched }),
      ...(packages && { packages }),
    };
  });
  const file = { ...locked.file, components };
  if (formatLockFile(file) !== formatLockFile(locked.file)) await writeLockFile(locked.path, file);
}

/** By step: what its tree has that the one before has not. Steps that installed nothing are left out. */
async function installedBy(
  trees: readonly (readonly [string, Tree])[],
  job: ImageJob,
): Promise<ReadonlyMap<string, string[]>> {
  const installed = new Map<string, string[]>();
  let before: readonly Package[] = [];
  for (const [step, tree] of trees) {
    const { packages } = await packagesOf(tree, job);
    const known = new Set(before.map(packageLine));
    const added = packages.map(packageLine).filter((line) => !known.has(line));
    if (added.length > 0) installed.set(step, added);
    before = packages;
  }
  return installed;
}

function packageLine({ name, version, architecture }: Package): string {
  return `${name} ${version} ${architecture}`;
}
