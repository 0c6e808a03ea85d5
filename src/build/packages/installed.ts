import type { StepCache } from '../../cache/types.ts';
import type { Package } from '../../model/image.ts';
import type { Tree } from '../../model/tree.ts';
import { packageName } from '../../support/packages/package-name.ts';
import type { Workshop } from '../workshop.ts';
import { packagesOf } from './packages-of.ts';

export interface StepTrees {
  readonly before: Tree;
  readonly after: Tree;
  /** What its package manager said that it unpacked; absent where nobody knows. */
  readonly unpacked?: readonly Package[] | undefined;
}

export interface Installed {
  readonly packages: readonly Package[];
  /** Nothing is missing of what it needs to be repeated: neither what it removed again nor what came another way. */
  readonly isComplete: boolean;
}

/** What a step has installed: what its tree has that the one before has not, and what it unpacked besides. */
export async function installedBy(
  { before, after, unpacked }: StepTrees,
  scope: { readonly workshop: Workshop; readonly cache: StepCache },
): Promise<Installed> {
  const was = new Set((await packagesOf(before, scope)).packages.map(packageName));
  const added = (await packagesOf(after, scope)).packages.filter((item) => !was.has(packageName(item)));
  const said = new Set(unpacked?.map(packageName));
  const all = new Map([...added, ...(unpacked ?? [])].map((item) => [packageName(item), item]));
  return {
    packages: [...all.values()],
    isComplete: unpacked !== undefined && added.every((item) => said.has(packageName(item))),
  };
}
