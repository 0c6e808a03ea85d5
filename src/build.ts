import { cacheMode } from './build/cache/cache-mode.ts';
import { openCache } from './build/cache/open-cache.ts';
import { openRemoteSource, sharedCaches } from './build/cache/shared-cache.ts';
import type { Forecast } from './build/forecast.ts';
import { completeLockFile } from './build/lock/locked.ts';
import { makeImage } from './build/make-image.ts';
import { planIn } from './build/plan-in.ts';
import { runEvents } from './build/run-events.ts';
import { loadSecrets } from './build/secrets.ts';
import type { BuildOptions, BuildOutcome, Hooks, PlannedBuild, RecipeOptions } from './build/types.ts';
import { beginWork, openWorkshop, type Workshop } from './build/workshop.ts';
import { failureOf } from './engine/track.ts';
import { createRunLog, newRunId } from './images/run-log.ts';
import { saveRunPlan } from './images/run-plan.ts';
import type { Emit, GildEvent, RunStatus } from './model/events.ts';
import { type GildError, toGildError } from './support/errors.ts';
import { createRedactor } from './support/redact.ts';

/** Resolves, plans, and looks ahead; nothing is built. */
export async function planRecipe(
  options: RecipeOptions & Pick<BuildOptions, 'cacheFrom' | 'cacheTrust'>,
  hooks: Pick<Hooks, 'signal'>,
): Promise<PlannedBuild & { readonly forecasts: readonly Forecast[] }> {
  const workshop = openWorkshop();
  try {
    const planned = await planIn(workshop, options, { signal: hooks.signal, emit: () => undefined });
    const warnings = [...planned.warnings];
    const { from } = await sharedCaches(options, process.env);
    const { forecastBuild } = await import('./build/forecast.ts');
    const forecasts = await forecastBuild(workshop, planned, {
      from,
      signal: hooks.signal,
      warn: (warning) => void warnings.push(warning),
    });
    return { ...planned, warnings, forecasts };
  } finally {
    await workshop.close();
  }
}

/** read -> resolve -> plan -> run -> make -> check -> keep. Throws what stopped it; failed tests are an outcome. */
export async function buildRecipe(options: BuildOptions, hooks: Hooks): Promise<BuildOutcome> {
  const workshop = openWorkshop();
  try {
    const shared = await sharedCaches(options, process.env);
    await beginWork(workshop, hooks.signal);
    const before: GildEvent[] = [];
    const planned = await planIn(workshop, options, hooks, { append: (event) => void before.push(event) });
    await completeLockFile(planned.locked, options, hooks.emit);
    const mode = cacheMode(options.cache, planned.plan);
    const secrets = await loadSecrets(planned.spec.secrets, process.env);
    const redact = createRedactor([...secrets.values(), ...planned.sensitive]);
    return await recordRun(
      { workshop, planned, before, hooks, redact, recipe: options.recipe },
      async (runId, emit) => {
        const { signal } = hooks;
        const run = { id: runId, image: planned.plan.image.name };
        const remote = await openRemoteSource(workshop, shared.from, {
          image: run.image,
          emit,
          redact,
          signal,
        });
        const cache = openCache(workshop, { mode, elsewhere: remote, run, emit, redact, signal });
        const scope = { workshop, planned, secrets, redact, runId, options, cache, remote };
        const sharing = { workshop, targets: shared.to, image: run.image, cache, remote, emit, signal };
        const sharer = sharing.targets.length > 0 ? await import('./build/cache/export-cache.ts') : undefined;
        const making = makeImage({ ...scope, hooks: { ...hooks, emit } });
        const outcome = await making.catch(async (thrown: unknown) => {
          if (!signal.aborted) await sharer?.exportUnfinished(sharing);
          throw thrown;
        });
        await sharer?.exportCaches({ ...sharing, layers: outcome.image.layers });
        return outcome;
      },
    );
  } finally {
    await workshop.close();
  }
}

interface RunScope {
  readonly workshop: Workshop;
  readonly planned: PlannedBuild;
  /** What happened until there was a plan; the run's log begins with it. */
  readonly before: readonly GildEvent[];
  readonly hooks: Hooks;
  readonly redact: (text: string) => string;
  readonly recipe: string;
}

/** Everything between `run.started` and `run.finished`, on record from its first moment. */
async function recordRun(
  scope: RunScope,
  job: (runId: string, emit: Emit) => Promise<BuildOutcome>,
): Promise<BuildOutcome> {
  const { workshop, planned, before, hooks, redact, recipe } = scope;
  const { plan, warnings } = planned;
  const runId = newRunId();
  const started = performance.now();
  await workshop.records.startRun({ id: runId, image: plan.image.name, recipe, planId: plan.id });
  const log = createRunLog(workshop.host.home, runId);
  await saveRunPlan({ home: workshop.host.home, id: runId }, plan, redact);
  for (const event of before) log.append(event);
  const emit = runEvents(log, hooks.emit, redact);
  const finish = async (status: RunStatus, error?: GildError) => {
    const seconds = (performance.now() - started) / 1000;
    emit({ type: 'run.finished', status, seconds, ...(error && { failure: failureOf(error) }) });
    await workshop.records.finishRun(runId, status);
  };
  try {
    emit({
      type: 'run.started',
      runId,
      image: `${plan.image.name}@${plan.image.version}`,
      planId: plan.id,
      recipe,
    });
    for (const { code, message } of warnings) emit({ type: 'warning', code, message });
    const outcome = await job(runId, emit);
    await finish(outcome.status);
    return outcome;
  } catch (thrown) {
    const error = toGildError(hooks.signal.aborted ? hooks.signal.reason : thrown);
    await finish(error.kind === 'cancelled' ? 'cancelled' : 'failed', error);
    throw error;
  } finally {
    log.close();
  }
}
