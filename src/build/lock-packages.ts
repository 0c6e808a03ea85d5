import type { BuiltTree } from '../engine/run.ts';
import type { Package } from '../model/image.ts';
import type { Tree } from '../model/tree.ts';
import { buildPhases } from '../plan/plan.ts';
import { type ComponentEntry, formatLockFile, writeLockFile } from '../resolve/lock-file.ts';
import type { ImageJob } from './image-job.ts';
import { packagesOf } from './packages-of.ts';

/** Writes into the lock file, where there is one that this build may write, what each component installed. */
export async function lockPackages(job: ImageJob, { after }: Pick<BuiltTree, 'after'>): Promise<void> {
  const { locked, lock, plan } = job.planned;
  if (!locked?.before || job.options.frozen) return;
  const steps = plan.steps.filter((step) => step.kind === 'component');
  const names = lock.components.map(({ document }) => {
    const builds = document.phases.some(({ name }) => buildPhases.includes(name));
    return builds ? steps.shift()?.name : undefined;
  });
  const installed = await installedBy([...after], job);
  const components = locked.file.components.map((entry, index): ComponentEntry => {
    const { packages: _before, ...rest } = entry;
    const packages = installed.get(names[index] ?? '');
    return packages ? { ...rest, packages } : rest;
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
