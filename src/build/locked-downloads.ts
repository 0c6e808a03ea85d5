import type { Work, WorkResult } from '../cache/types.ts';
import type { LockedDownload } from '../model/lock.ts';
import type { PlanStep } from '../model/plan.ts';
import type { Tree } from '../model/tree.ts';
import { buildPhases } from '../plan/plan.ts';
import { GildError } from '../support/errors.ts';
import type { PlannedBuild } from './types.ts';
import { stepWork } from './work.ts';

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

/** What the lock file says of the downloads of a step. */
export function lockedDownloads(planned: PlannedBuild, step: string): readonly LockedDownload[] {
  const index = stepsOfComponents(planned).indexOf(step);
  return planned.locked?.file.components[index]?.downloads ?? [];
}

/** Writes down what a component fetches, and stops what is not as it is locked. */
export function watchDownloads(locked: readonly LockedDownload[]) {
  const taken = new Map<string, LockedDownload>();
  return {
    /** What a document says itself counts more than the lock file. Throws `DOWNLOAD_CHANGED`. */
    take: (download: LockedDownload): void => {
      if (!download.pinned && isOther(download, locked)) throw changed(download, locked);
      taken.set(`${download.source} ${download.digest}`, download);
    },
    taken: (): readonly LockedDownload[] => [...taken.values()],
  };
}

/** The work of a step: what it made of other downloads than those of the lock file is not used again. */
export function lockedStepWork(planned: PlannedBuild, step: PlanStep, tree: Tree): Work {
  const work = stepWork(planned.plan, step, tree);
  const locked = lockedDownloads(planned, step.name);
  if (locked.length === 0) return work;
  const refuse = ({ downloads = [] }: WorkResult) => {
    const other = downloads.find((download) => isOther(download, locked));
    return other && `the lock file has another ${other.source} than it was made with`;
  };
  return { ...work, refuse };
}

/** An address whose secret part is left out may stand there more than once. */
function isOther({ source, digest }: LockedDownload, locked: readonly LockedDownload[]): boolean {
  const known = locked.filter((entry) => entry.source === source);
  return known.length > 0 && !known.some((entry) => entry.digest === digest);
}

function changed(download: LockedDownload, locked: readonly LockedDownload[]): GildError {
  const said = locked.filter(({ source }) => source === download.source).map(content);
  return new GildError({
    code: 'DOWNLOAD_CHANGED',
    message: `${download.source} is not what the lock file says: it has ${said.join(' or ')}, and ${content(download)} came.`,
    hint: 'If it is meant to be another now, take it: `gild lock --update downloads`.',
  });
}

function content({ digest, size }: LockedDownload): string {
  return `${digest} (${size} bytes)`;
}
