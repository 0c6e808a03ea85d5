import { preimageOf } from '../cache/key.ts';
import type { CacheSource } from '../cache/remote/reference.ts';
import type { Preimage, StepCache, Work, WorkRecord, WorkResult } from '../cache/types.ts';
import type { Artifact } from '../model/artifact.ts';
import type { Digest } from '../model/digest.ts';
import type { Emit } from '../model/events.ts';
import type { Tree } from '../model/tree.ts';
import { findOutput } from '../outputs/index.ts';
import { GildError } from '../support/errors.ts';
import { createRedactor } from '../support/redact.ts';
import { openCache } from './cache/open-cache.ts';
import { openRemoteSource } from './cache/shared-cache.ts';
import { planKeepingMarked } from './disk/disk-keeps.ts';
import { lockedStepWork } from './lock/locked-step-work.ts';
import { lockedPackages } from './packages/locked-packages.ts';
import { plannedPlaces } from './test-places.ts';
import type { PlannedBuild } from './types.ts';
import { checkWork, outputWork } from './work.ts';
import type { Workshop } from './workshop.ts';

/** What a build would do about a piece of work. */
export interface Forecast extends Pick<Work, 'kind' | 'name'> {
  /** `open`: it depends on what a step before it comes to. */
  readonly outcome: 'hit' | 'miss' | 'open';
  /** Absent where it is open. */
  readonly key?: Digest;
  /** Absent where it is a hit. */
  readonly reason?: string;
  /** From the nearest earlier one, in words. */
  readonly differences: readonly string[];
  readonly preimage: Preimage;
  /** How many packages of the lock file it will be held to; absent where it takes what there is. */
  readonly heldTo?: number;
  /** When it was last made: for a hit, what will be used. */
  readonly last?: Pick<WorkRecord, 'runId' | 'createdAt' | 'seconds'>;
}

export interface ForecastOptions {
  /** Other hosts' caches: what they have is looked up, and none of it is moved. */
  readonly from: readonly CacheSource[];
  readonly signal: AbortSignal;
  readonly warn: (warning: GildError) => void;
}

/** Walks the plan as a build would, as far as the trees are known. */
export async function forecastBuild(
  workshop: Workshop,
  planned: PlannedBuild,
  options: ForecastOptions,
): Promise<readonly Forecast[]> {
  const { plan: asPlanned, sensitive } = planned;
  const run = { id: '', image: asPlanned.image.name };
  const redact = createRedactor(sensitive);
  const emit = warningsTo(options.warn);
  const asked = { image: run.image, emit, redact, signal: options.signal };
  const elsewhere = await openRemoteSource(workshop, options.from, asked);
  const cache = openCache(workshop, { elsewhere, run, emit: () => undefined, redact });
  const forecasts: Forecast[] = [];
  const look = (work: Work) => {
    const broken = forecasts.find(({ outcome }) => outcome !== 'hit');
    return broken ? lookOpen(cache, work, broken.name) : lookUp(cache, work);
  };
  let tree: Tree = { layers: [] };
  const marked = new Map<string, readonly string[]>();
  for (const step of asPlanned.steps) {
    const held = lockedPackages(planned, step);
    const { result, ...forecast } = await look(lockedStepWork(planned, step, { tree, held }));
    tree = { layers: [...tree.layers, ...(result.layers ?? [])] };
    if (result.markers) marked.set(step.name, result.markers);
    forecasts.push({ ...forecast, ...(held && { heldTo: held.packages.length }) });
  }
  const plan = planKeepingMarked(asPlanned, marked);
  const artifacts: Artifact[] = [];
  const ends: Forecast[] = [];
  for (const output of plan.outputs) {
    const { fileNameFor, disk = false } = findOutput(output.type) ?? {};
    const subject = { tree, ofTreeAlone: fileNameFor !== undefined, disk };
    const { result, ...forecast } = await look(outputWork(plan, output, subject));
    if (result.artifact) artifacts.push(result.artifact);
    ends.push(forecast);
  }
  for (const { checks, subject, label } of plannedPlaces(plan, artifacts)) {
    for (const check of checks) {
      const { result: _verdict, ...forecast } = await look(checkWork(plan, check, { tree, subject }));
      ends.push({ ...forecast, name: forecast.name + label });
    }
  }
  return [...forecasts, ...ends];
}

function warningsTo(warn: ForecastOptions['warn']): Emit {
  return (event) => {
    if (event.type === 'warning')
      warn(new GildError({ code: 'REMOTE_CACHE_FAILED', message: event.message }));
  };
}

type Seen = Forecast & { readonly result: WorkResult };

async function lookUp(cache: StepCache, work: Work): Promise<Seen> {
  const found = await cache.lookUp(work);
  const { kind, name } = work;
  const about = { kind, name, key: found.key, preimage: preimageOf(work) };
  if (found.outcome === 'hit') {
    const { result } = found.record;
    return { ...about, outcome: 'hit', differences: [], last: lastOf(found.record), result };
  }
  const { reason, differences = [], previous } = found;
  return {
    ...about,
    outcome: 'miss',
    reason,
    differences,
    ...(previous && { last: lastOf(previous) }),
    result: {},
  };
}

/** Its own differences are known all the same. */
async function lookOpen(cache: StepCache, { tree: _unknown, ...work }: Work, before: string): Promise<Seen> {
  const { key: _key, ...seen } = await lookUp(cache, work);
  const differences = seen.differences.filter((difference) => !ofTree.test(difference));
  const [first] = differences;
  const isNew = seen.last === undefined || work.policy.reuse === false;
  const reason = first ?? (isNew ? seen.reason : undefined) ?? `depends on what ${before} comes to`;
  return { ...seen, outcome: first !== undefined || isNew ? 'miss' : 'open', reason, differences };
}

/** Differences that only say that the tree is not known yet. */
const ofTree = /^(?:what it stands on changed|layers\b)/;

function lastOf({ runId, createdAt, seconds }: WorkRecord): NonNullable<Forecast['last']> {
  return { runId, createdAt, seconds };
}
