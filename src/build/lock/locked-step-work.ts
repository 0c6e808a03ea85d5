import type { Work } from '../../cache/types.ts';
import type { PlanStep } from '../../model/plan.ts';
import type { Tree } from '../../model/tree.ts';
import { type LockedPackages, otherPackages } from '../packages/locked-packages.ts';
import type { PlannedBuild } from '../types.ts';
import { stepWork } from '../work.ts';
import { lockedDownloads, otherDownload } from './locked-downloads.ts';

/** The work of a step: what it made of something else than the lock file has is not used again. */
export function lockedStepWork(
  planned: PlannedBuild,
  step: PlanStep,
  { tree, held }: { readonly tree: Tree; readonly held: LockedPackages | undefined },
): Work {
  const work = stepWork(planned.plan, step, tree);
  const locked = lockedDownloads(planned, step.name);
  if (locked.length === 0 && !held) return work;
  return {
    ...work,
    refuse: (result) => otherDownload(result, locked) ?? (held && otherPackages(result, held)),
  };
}
