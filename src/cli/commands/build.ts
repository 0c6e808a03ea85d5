import type { BuildOptions, BuildOutcome } from '../../build/types.ts';
import { exitCodes, GildError, toGildError } from '../../support/errors.ts';
import { writeAtomically } from '../../support/files.ts';
import { marksFor } from '../paint.ts';
import { createProgress } from '../progress/create.ts';
import { createExplainer, hooksOf } from '../progress/hooks.ts';
import { createRunView, type RunView } from '../progress/run-view.ts';
import { type Summary, summaryLines } from '../progress/summary.ts';
import type { Progress } from '../progress/types.ts';
import type { Cli, ProgressMode } from '../types.ts';
import { formatBytes } from '../units.ts';

export interface BuildCommandOptions extends BuildOptions {
  readonly progress: ProgressMode;
  /** Folder for the artifacts. */
  readonly output: string | undefined;
  readonly junit: string | undefined;
  readonly report: string | undefined;
  /** Says why each step runs; without it, only line by line progress does. */
  readonly explain: boolean;
  /** Only where that comes to something else than the newest image. */
  readonly ifOutdated: boolean;
}

type Exported = ReadonlyMap<string, string>;

/** How a build is shown: as it happens, and what it came to. */
export interface BuildFace {
  readonly progress: Progress;
  summarise(summary: Summary): readonly string[];
}

/** Builds and shows it as it happens; a failed step or test is an answer here, not an error. */
export async function build(options: BuildCommandOptions, cli: Cli, face?: BuildFace): Promise<number> {
  if (options.ifOutdated && !(await isOutdated(options, cli))) return 0;
  const { buildRecipe } = await import('../../build.ts');
  const { progress, summarise } = face ?? (await alone(options, cli));
  const view = createRunView();
  const { signal } = cli;
  const explain = createExplainer(view, cli);
  let exported: Exported = new Map();
  try {
    const outcome = await buildRecipe(options, hooksOf({ cli, view, progress, explain }));
    if (outcome.status === 'success' && options.output !== undefined) {
      exported = await exportTo(options.output, outcome, signal);
    }
    progress.close();
    const { seconds, reuse } = view;
    for (const line of summarise({ ...outcome, seconds, reuse, exported })) cli.print(line);
    return outcome.status === 'success' ? 0 : exitCodes.build;
  } catch (thrown) {
    progress.close();
    if (!view.failure) throw thrown;
    explain();
    return exitCodes[toGildError(thrown).kind];
  } finally {
    await writeReports(options, view, exported);
    if (view.runId !== '' && !face) await keepWithinLimits(options, cli);
  }
}

/** What the build came to stays what it is. */
export async function keepWithinLimits(
  { progress }: Pick<BuildCommandOptions, 'progress'>,
  cli: Cli,
): Promise<void> {
  try {
    const { collectIfNeeded } = await import('../../build/cache/collect.ts');
    const collected = await collectIfNeeded();
    if (!collected || collected.busy || progress === 'json') return;
    cli.note(`${formatBytes(collected.bytes)} of the cache were freed, to keep within its limits.`);
  } catch (thrown) {
    cli.note(`The cache was not brought within its limits. ${toGildError(thrown).message}`);
  }
}

async function isOutdated(options: BuildCommandOptions, cli: Cli): Promise<boolean> {
  if (options.frozen)
    throw new GildError({
      code: 'USAGE',
      message: '`--if-outdated` moves the lock file, which `--frozen` forbids.',
      hint: '`gild outdated --exit-code` asks, and moves nothing.',
    });
  const { refreshLock } = await import('../../build/lock/refresh-lock.ts');
  const { outdated, mustBuild } = await refreshLock(options, { signal: cli.signal });
  for (const note of outdated.notes) cli.note(note);
  const { packages, downloads } = outdated;
  for (const { name, installed, newest, isSecurity } of packages)
    cli.note(`${name} ${installed} -> ${newest}${isSecurity ? ' (security)' : ''}`);
  for (const { locked } of downloads) cli.note(`${locked.source} is another file now`);
  if (!mustBuild) {
    const rest =
      packages.length + downloads.length > 0 ? ' Building again would not bring what is newer.' : '';
    cli.print(`Nothing changed since ${outdated.image}.${rest}`);
  }
  return mustBuild;
}

/** In place of what a build before left there. */
async function exportTo(folder: string, { image }: BuildOutcome, signal: AbortSignal): Promise<Exported> {
  const [{ exportArtifacts }, { withContent }] = await Promise.all([
    import('../../build/export-artifacts.ts'),
    import('../../build/records.ts'),
  ]);
  const request = { image, to: folder, types: [], force: true };
  return await withContent(signal, ({ blobs }) => exportArtifacts(request, blobs));
}

async function alone({ progress, explain }: BuildCommandOptions, { paint }: Cli): Promise<BuildFace> {
  return {
    progress: await createProgress(progress, explain),
    summarise: (summary) => (progress === 'json' ? [] : ['', ...summaryLines(summary, paint, marksFor())]),
  };
}

/** Written for failed runs too, where a run began at all: that is when somebody reads them. */
async function writeReports(options: BuildCommandOptions, view: RunView, exported: Exported): Promise<void> {
  if (view.runId === '') return;
  if (options.junit !== undefined) {
    const { junitXml } = await import('../../checks/reports.ts');
    const seconds = view.verdicts.reduce((sum, verdict) => sum + verdict.seconds, 0);
    await writeAtomically(options.junit, junitXml(view.verdicts, { image: view.image, seconds }));
  }
  if (options.report !== undefined) {
    const { runReport } = await import('../run-report.ts');
    await writeAtomically(options.report, runReport(view, exported));
  }
}
