import { type CheckItem, testItem } from '../checks/check-item.ts';
import { checks } from '../checks/index.ts';
import { runChecks } from '../checks/runner.ts';
import type { BuiltTree } from '../engine/run.ts';
import { track } from '../engine/track.ts';
import type { Verdict } from '../model/artifact.ts';
import type { NetworkMode } from '../model/buildspec.ts';
import type { PlannedCheck } from '../model/plan.ts';
import { GildError } from '../support/errors.ts';
import { componentRunner } from './component-runner.ts';
import { freshTrees } from './fresh-trees.ts';
import { type ImageJob, platformOf } from './image-job.ts';

/** Runs the tests of the recipe and of its components on a machine made anew from the finished blobs. */
export async function checkArtifact(job: ImageJob, { tree, made }: BuiltTree): Promise<Verdict[]> {
  const { plan } = job.planned;
  if (plan.checks.length === 0) return [];
  const { emit, signal } = job.hooks;
  const items = await checkItems(job);
  const network = await testNetwork(job);
  const trees = await freshTrees(job.workshop, made);
  const platform = await platformOf(job, trees);
  return track(emit, { step: 'test', title: `test on a fresh machine (${items.length})` }, async () => {
    const verdicts: Verdict[] = [];
    const startMachine = () => platform.start(tree, { network, limits: plan.limits, signal });
    for await (const verdict of runChecks({ items, config: plan.config, startMachine, signal })) {
      const redacted = redactVerdict(verdict, job.redact);
      emit({ type: 'verdict', verdict: redacted });
      verdicts.push(redacted);
    }
    return verdicts;
  });
}

async function checkItems(job: ImageJob): Promise<CheckItem[]> {
  const runComponent = await componentRunner(job);
  return job.planned.plan.checks.map((planned): CheckItem => {
    if (planned.kind === 'test') return testItem(planned, memberOf(planned));
    const { document, parameters } = planned;
    return {
      name: `${planned.name} (component)`,
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
