import { type CheckItem, testItem } from '../checks/check-item.ts';
import { checks } from '../checks/index.ts';
import { runChecks } from '../checks/runner.ts';
import type { BuiltTree } from '../engine/run.ts';
import { track } from '../engine/track.ts';
import type { Verdict } from '../model/artifact.ts';
import type { NetworkMode } from '../model/buildspec.ts';
import type { PlannedCheck } from '../model/plan.ts';
import type { Tree } from '../model/tree.ts';
import { GildError } from '../support/errors.ts';
import { componentRunner } from './component-runner.ts';
import { freshTrees } from './fresh-trees.ts';
import { type ImageJob, platformOf } from './image-job.ts';
import { checkWork } from './work.ts';

/**
 * Runs the tests of the recipe and of its components on a machine made anew from the finished blobs. What was proven of
 * the same content before is not tested again; where that is all of it, no machine is started.
 */
export async function checkArtifact(
  job: ImageJob,
  { tree, made }: Pick<BuiltTree, 'tree' | 'made'>,
): Promise<Verdict[]> {
  const { plan } = job.planned;
  if (plan.checks.length === 0) return [];
  const { emit } = job.hooks;
  const title = `test on a fresh machine (${plan.checks.length})`;
  return track(emit, { step: 'test', title }, async (settled) => {
    const verdicts = new Map<PlannedCheck, Verdict>();
    const tell = (check: PlannedCheck, verdict: Verdict) => {
      emit({ type: 'verdict', verdict });
      verdicts.set(check, verdict);
    };
    const open: PlannedCheck[] = [];
    for (const check of plan.checks) {
      const proven = await takeVerdict(job, check, tree);
      if (proven) tell(check, proven);
      else open.push(check);
    }
    if (open.length === 0) settled('reused');
    else await runOpen(job, { open, tree, made }, tell);
    return plan.checks.flatMap((check) => verdicts.get(check) ?? []);
  });
}

async function takeVerdict(job: ImageJob, check: PlannedCheck, tree: Tree): Promise<Verdict | undefined> {
  const found = await job.cache.take(checkWork(job.planned.plan, check, tree));
  const verdict = found.outcome === 'hit' ? found.record.result.verdict : undefined;
  return verdict && { ...verdict, name: nameOf(check), reused: true };
}

async function runOpen(
  job: ImageJob,
  { open, tree, made }: Pick<BuiltTree, 'tree' | 'made'> & { readonly open: readonly PlannedCheck[] },
  tell: (check: PlannedCheck, verdict: Verdict) => void,
): Promise<void> {
  const { plan } = job.planned;
  const { signal } = job.hooks;
  const items = await checkItems(job, open);
  const network = await testNetwork(job);
  const platform = await platformOf(job, await freshTrees(job.workshop, made));
  const startMachine = () => platform.start(tree, { network, limits: plan.limits, signal });
  let done = 0;
  for await (const found of runChecks({ items, config: plan.config, startMachine, signal })) {
    const check = open[done++];
    if (!check) throw new Error('there are more verdicts than tests');
    const verdict = redactVerdict(found, job.redact);
    if (verdict.status === 'passed')
      await job.cache.keep(checkWork(plan, check, tree), { result: { verdict }, seconds: verdict.seconds });
    tell(check, verdict);
  }
}

async function checkItems(job: ImageJob, checks: readonly PlannedCheck[]): Promise<CheckItem[]> {
  const runComponent = await componentRunner(job);
  return checks.map((planned): CheckItem => {
    if (planned.kind === 'test') return testItem(planned, memberOf(planned));
    const { document, parameters } = planned;
    return {
      name: nameOf(planned),
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

/** Where machines share the host's network, a test could find a server of the host instead of the image's. */
async function testNetwork({ workshop, planned }: ImageJob): Promise<NetworkMode> {
  const { network } = planned.plan;
  if (network !== 'on') return network;
  return (await workshop.host.facts()).network === 'host' ? 'loopback' : 'on';
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
