import { buildPhases } from '../../plan/plan.ts';
import type { ComponentEntry } from '../../resolve/lock-file.ts';
import type { PlannedBuild } from '../types.ts';

/** The step of each component, in the order of the recipe; undefined where it has nothing to build. */
export function stepsOfComponents({
  lock,
  plan,
}: Pick<PlannedBuild, 'lock' | 'plan'>): (string | undefined)[] {
  const steps = plan.steps.filter((step) => step.kind === 'component');
  return lock.components.map(({ document }) =>
    document.phases.some(({ name }) => buildPhases.includes(name)) ? steps.shift()?.name : undefined,
  );
}

/** What the lock file says of a step; undefined where it says nothing. */
export function lockedEntry(planned: PlannedBuild, step: string): ComponentEntry | undefined {
  const index = stepsOfComponents(planned).indexOf(step);
  return planned.locked?.file.components[index];
}
