import type { BuiltTree } from '../../engine/run.ts';
import type { Outside } from '../../engine/types.ts';
import { knownFiles } from '../../freshness/known-files.ts';
import type { Package } from '../../model/image.ts';
import type { PlanStep } from '../../model/plan.ts';
import type { Tree } from '../../model/tree.ts';
import { digestOfIntent } from '../../plan/definitions.ts';
import { type ComponentEntry, formatLockFile, writeLockFile } from '../../resolve/lock-file.ts';
import { nameInLine, packageLine, readPackageLine } from '../../resolve/package-line.ts';
import { allOf } from '../../support/all-of.ts';
import { packageName } from '../../support/packages/package-name.ts';
import type { ImageJob } from '../image-job.ts';
import { installedBy } from '../packages/installed.ts';
import { stepsOfComponents } from './locked-entries.ts';

export interface Recorded extends Pick<BuiltTree, 'after' | 'outside'> {
  /** Steps that failed with the packages that they were held to. */
  readonly unrepeatable: ReadonlySet<string>;
}

/** Writes into the lock file, where there is one that this build may write, what each component took from outside. */
export async function recordInLock(job: ImageJob, built: Recorded): Promise<void> {
  const { locked } = job.planned;
  if (!locked?.before || job.options.frozen) return;
  const names = stepsOfComponents(job.planned);
  const done = new Map(doneSteps(job, built).map((one) => [one.step.name, one]));
  const entries = locked.file.components.map(async (entry, index): Promise<ComponentEntry> => {
    const one = done.get(names[index] ?? '');
    if (!one) return entry;
    const { downloads: known, packages: _packages, complete: _complete, held: _held, ...rest } = entry;
    const downloads = one.taken.downloads ?? known ?? [];
    return {
      ...rest,
      ...(downloads.length > 0 && { downloads }),
      ...(await packagesIn(entry, one, job)),
    };
  });
  const components = await allOf(entries);
  const file = { ...locked.file, components };
  if (formatLockFile(file) !== formatLockFile(locked.file)) await writeLockFile(locked.path, file);
}

interface DoneStep {
  readonly step: Extract<PlanStep, { kind: 'component' }>;
  readonly before: Tree;
  readonly after: Tree;
  readonly taken: Outside;
  readonly isRepeatable: boolean;
}

function doneSteps({ planned }: ImageJob, { after, outside, unrepeatable }: Recorded): readonly DoneStep[] {
  const trees = planned.plan.steps.map((step) => after.get(step.name) ?? { layers: [] });
  return planned.plan.steps.flatMap((step, index) =>
    step.kind === 'component'
      ? {
          step,
          before: trees[index - 1] ?? { layers: [] },
          after: trees[index] ?? { layers: [] },
          taken: outside.get(step.name) ?? {},
          isRepeatable: !unrepeatable.has(step.name),
        }
      : [],
  );
}

/** What the lock file says of the packages of a step from now on. */
async function packagesIn(
  entry: ComponentEntry,
  { step, before, after, taken: { unpacked }, isRepeatable }: DoneStep,
  job: ImageJob,
): Promise<Pick<ComponentEntry, 'packages' | 'complete' | 'held'>> {
  const { packages: lines = [], complete, held } = entry;
  const installed = await installedBy({ before, after, unpacked }, job);
  const own = digestOfIntent(step, job.planned.plan);
  if (complete === own && unpacked === undefined && areIn(installed.packages, lines))
    return { ...(lines.length > 0 && { packages: lines }), complete, ...(held === false && { held }) };
  const packages = await linesOf(installed.packages, lines, job.workshop.host.home);
  const isComplete = installed.isComplete && packages.every((line) => readPackageLine(line) !== undefined);
  const isSame = areIn(installed.packages, lines) && packages.length === lines.length;
  const isFree = complete === own && (held === false || (!isRepeatable && isSame));
  return {
    ...(packages.length > 0 && { packages }),
    ...(isComplete && { complete: own }),
    ...(isComplete && isFree && { held: false }),
  };
}

/** Where nobody looked at what was unpacked, who looked before knows more. */
function areIn(packages: readonly Package[], lines: readonly string[]): boolean {
  const names = new Set(lines.map(nameInLine));
  return packages.every((item) => names.has(packageName(item)));
}

/** With the file that a signed index has of it, where that is known; what stands there already stays as it is. */
async function linesOf(
  packages: readonly Package[],
  before: readonly string[],
  home: string,
): Promise<readonly string[]> {
  const there = new Map(before.map((line) => [nameInLine(line), line]));
  const unsettled = packages.filter((item) => !readPackageLine(there.get(packageName(item)) ?? ''));
  const files = await knownFiles(home, unsettled);
  for (const [index, item] of unsettled.entries()) {
    const known = there.get(packageName(item)) ?? packageName(item);
    const line = packageLine(item, files[index]);
    there.set(packageName(item), line.startsWith(known) ? line : known);
  }
  return packages.map((item) => there.get(packageName(item)) ?? packageName(item));
}
