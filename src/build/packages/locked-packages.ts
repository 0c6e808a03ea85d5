import type { WorkResult } from '../../cache/types.ts';
import type { Digest } from '../../model/digest.ts';
import type { Package } from '../../model/image.ts';
import type { LockedPackage } from '../../model/lock.ts';
import type { PlanStep } from '../../model/plan.ts';
import { digestOfIntent } from '../../plan/definitions.ts';
import { readPackageLine } from '../../resolve/package-line.ts';
import { digestOf } from '../../support/canonical.ts';
import { packageName } from '../../support/packages/package-name.ts';
import { lockedEntry } from '../lock/locked-entries.ts';
import type { PlannedBuild } from '../types.ts';

/** All that a step takes from archives of packages, as the lock file has it. */
export interface LockedPackages {
  readonly packages: readonly LockedPackage[];
  /** Over names, versions and architectures. */
  readonly digest: Digest;
}

/** What a step is held to; undefined where the lock file does not know all of it, or the step does something else by now. */
export function lockedPackages(planned: PlannedBuild, step: PlanStep): LockedPackages | undefined {
  if (step.kind !== 'component' || planned.plan.network !== 'on') return undefined;
  const { complete, held, packages: lines = [] } = lockedEntry(planned, step.name) ?? {};
  if (complete === undefined || held === false || complete !== digestOfIntent(step, planned.plan))
    return undefined;
  const packages = lines.flatMap((line) => readPackageLine(line) ?? []);
  return packages.length === lines.length ? { packages, digest: digestOfPackages(packages) } : undefined;
}

/** Why what a step came to is not what the lock file says of its packages. */
export function otherPackages(
  { unpacked, heldTo }: Pick<WorkResult, 'unpacked' | 'heldTo'>,
  { digest }: LockedPackages,
): string | undefined {
  if (unpacked === undefined || heldTo === digest || digestOfPackages(unpacked) === digest) return undefined;
  return 'the lock file has other packages than it was made with';
}

function digestOfPackages(packages: readonly Package[]): Digest {
  return digestOf('gild.packages.v1', packages.map(packageName).sort());
}
