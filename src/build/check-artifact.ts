import { type CheckItem, testItem } from '../checks/check-item.ts';
import { checks } from '../checks/index.ts';
import { runChecks } from '../checks/runner.ts';
import type { BuiltTree } from '../engine/run.ts';
import { track } from '../engine/track.ts';
import type { Artifact, Verdict } from '../model/artifact.ts';
import type { PlannedCheck } from '../model/plan.ts';
import type { Tree } from '../model/tree.ts';
import { GildError } from '../support/errors.ts';
import { componentRunner } from './component-runner.ts';
import type { ImageJob } from './image-job.ts';
import { type TestPlace, testPlaces } from './test-places.ts';
import { checkWork } from './work.ts';

/**
 * Runs the tests of the recipe and of its components on a machine made anew from the finished blobs. What was proven of
 * the same content before is not tested again; where that is all of it, no machine is started.
 */
export async function checkArtifact(
  job: ImageJob,
  built: Pick<BuiltTree, 'tree' | 'made'>,
  artifacts: readonly Artifact[],
): Promise<Verdict[]> {
  const { places, requireUntouched, close } = testPlaces(job, built, artifacts);
  if (places.length === 0) return [];
  const { emit } = job.hooks;
  const count = places.reduce((sum, { checks }) => sum + checks.length, 0);
  const where = places.length === 1 ? 'a fresh machine' : `${places.length} fresh machines`;
  return track(emit, { step: 'test', title: `test on ${where} (${count})` }, async (settled) => {
    const verdicts: Verdict[] = [];
    try {
      for (const place of places) verdicts.push(...(await checkPlace(job, place, built.tree)));
    } finally {
      await close();
    }
    await requireUntouched();
    if (verdicts.every(({ reused }) => reused)) settled('reused');
    return verdicts;
  });
}

async function checkPlace(job: ImageJob, place: TestPlace, tree: Tree): Promise<Verdict[]> {
  const verdicts = new Map<PlannedCheck, Verdict>();
  const tell = (check: PlannedCheck, verdict: Verdict) => {
    job.hooks.emit({ type: 'verdict', verdict });
    verdicts.set(check, verdict);
  };
  const open: PlannedCheck[] = [];
  for (const check of place.checks) {
    const proven = await takeVerdict(job, check, { place, tree });
    if (proven) tell(check, proven);
    else open.push(check);
  }
  if (open.length > 0) await runOpen(job, open, { place, tree }, tell);
  return place.checks.flatMap((check) => verdicts.get(check) ?? []);
}

interface Subject {
  readonly place: TestPlace;
  readonly tree: Tree;
}

async function takeVerdict(
  job: ImageJob,
  check: PlannedCheck,
  subject: Subject,
): Promise<Verdict | undefined> {
  const found = await job.cache.take(workOf(job, check, subject));
  const verdict = found.outcome === 'hit' ? found.record.result.verdict : undefined;
  return verdict && { ...verdict, name: nameOf(check) + subject.place.label, reused: true };
}

async function runOpen(
  job: ImageJob,
  open: readonly PlannedCheck[],
  subject: Subject,
  tell: (check: PlannedCheck, verdict: Verdict) => void,
): Promise<void> {
  const { place } = subject;
  const { kind, start } = place;
  const { config } = job.planned.plan;
  const items = await checkItems(job, open, place.label);
  let done = 0;
  for await (const found of runChecks({ items, config, kind, start, signal: job.hooks.signal })) {
    const check = open[done++];
    if (!check) throw new Error('there are more verdicts than tests');
    const verdict = redactVerdict(found, job.redact);
    if (verdict.status === 'passed')
      await job.cache.keep(workOf(job, check, subject), { result: { verdict }, seconds: verdict.seconds });
    tell(check, verdict);
  }
}

function workOf(job: ImageJob, check: PlannedCheck, { place, tree }: Subject) {
  return checkWork(job.planned.plan, check, { tree, subject: place.subject });
}

async function checkItems(
  job: ImageJob,
  checks: readonly PlannedCheck[],
  label: string,
): Promise<CheckItem[]> {
  const runComponent = await componentRunner(job);
  return checks.map((planned): CheckItem => {
    if (planned.kind === 'test') {
      const item = testItem(planned, memberOf(planned));
      return { ...item, name: item.name + label };
    }
    const { document, parameters } = planned;
    return {
      name: nameOf(planned) + label,
      type: 'component',
      needs: 'container',
      needsMainProcess: false,
      run: async ({ machine }) => {
        const step = { name: `test/${planned.name}`, document, parameters };
        const { status, failure } = await runComponent({ step, phases: ['test'], machine });
        if (status === 'success') return { status: 'passed', message: 'its test phase passed' };
        const output = failure?.lastLines?.join('\n');
        return {
          status: 'failed',
          message: failure?.message ?? 'its test phase failed',
          ...(output && { output }),
        };
      },
    };
  });
}

function nameOf(check: PlannedCheck): string {
  return check.kind === 'component' ? `${check.name} (component)` : check.name;
}

function redactVerdict({ output, ...verdict }: Verdict, redact: (text: string) => string): Verdict {
  const message = redact(verdict.message);
  return { ...verdict, message, ...(output !== undefined && { output: redact(output) }) };
}

function memberOf({ test }: Extract<PlannedCheck, { kind: 'test' }>) {
  const check = checks.find((candidate) => candidate.type === test.type);
  if (!check) throw new GildError({ code: 'BUG', message: `No check is registered as \`${test.type}\`.` });
  return check;
}
