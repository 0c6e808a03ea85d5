import type { Plan } from '../../model/plan.ts';
import { findOutput } from '../../outputs/index.ts';
import { keptBy } from '../../sanitise/markers.ts';
import type { ImageJob } from '../image-job.ts';

/** What steps left markers of: name of the step -> markers. */
export type StepMarkers = ReadonlyMap<string, readonly string[]>;

/** The job whose disks also keep what components asked to, as if the recipe had said so; each is said aloud. */
export function keepingMarked(job: ImageJob, marked: StepMarkers): ImageJob {
  const { planned, hooks } = job;
  if (!makesDisks(planned.plan)) return job;
  for (const [step, markers] of marked) {
    for (const marker of markers) {
      const kept = keptBy(marker).join(' and ') || 'nothing that would be taken out';
      const message = `Disks keep ${kept}: \`${step}\` left the marker ${marker}.`;
      hooks.emit({ type: 'warning', code: 'DISK_KEEPS', message, step });
    }
  }
  return { ...job, planned: { ...planned, plan: planKeepingMarked(planned.plan, marked) } };
}

export function planKeepingMarked(plan: Plan, marked: StepMarkers): Plan {
  const keep = new Set([...plan.disk.keep, ...[...marked.values()].flat().flatMap(keptBy)]);
  return { ...plan, disk: { ...plan.disk, keep: [...keep] } };
}

/** What the disks of a plan keep of what the clean-up takes out; nothing where there are no disks. */
export function keptInDisks(plan: Plan): readonly string[] {
  return makesDisks(plan) ? plan.disk.keep : [];
}

function makesDisks({ outputs }: Plan): boolean {
  return outputs.some(({ type }) => findOutput(type)?.disk);
}
