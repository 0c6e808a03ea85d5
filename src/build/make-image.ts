import { runSteps } from '../engine/run.ts';
import { track } from '../engine/track.ts';
import type { FailureScene } from '../engine/types.ts';
import type { Artifact, Verdict } from '../model/artifact.ts';
import type { PlannedOutput } from '../model/plan.ts';
import type { Tree } from '../model/tree.ts';
import { outputs } from '../outputs/index.ts';
import { GildError, toGildError } from '../support/errors.ts';
import { checkArtifact } from './check-artifact.ts';
import { componentRunner } from './component-runner.ts';
import { captureScene, settleFailure } from './failure.ts';
import { type ImageJob, platformOf } from './image-job.ts';
import { keepScene } from './kept-scenes.ts';
import { refuseLeaks } from './leaks.ts';
import { packageFolders } from './package-folders.ts';
import { publishImage } from './publish.ts';
import { fetchBase } from './resolve-spec.ts';
import type { BuildOutcome } from './types.ts';

/** run -> make -> check -> keep. */
export async function makeImage(job: ImageJob): Promise<BuildOutcome> {
  const { workshop, planned, runId } = job;
  const { emit } = job.hooks;
  const platform = await platformOf(job);
  const built = await runSteps(planned.plan, {
    platform,
    secrets: job.secrets,
    shared: await packageFolders(workshop),
    emit,
    signal: job.hooks.signal,
    fetchBase: (locked, note) =>
      fetchBase(planned.spec, workshop, { locked, note, signal: job.hooks.signal }),
    runComponent: await componentRunner(job),
    inspectLayer: (layer) => refuseLeaks(layer, job.secrets, workshop),
    onFailure: (scene) =>
      settleFailure(scene, {
        onError: job.options.onError,
        hooks: job.hooks,
        keep: () => keep(scene, job),
      }),
  });
  const { tree } = built;
  const artifacts = await makeOutputs(tree, job);
  const verdicts = await checkArtifact(job, built);
  const image = await publishImage({ workshop, planned, runId, tree, artifacts, verdicts, emit });
  const { name, version, build, state } = image;
  emit({ type: 'image', name, version, build, state });
  return { runId, status: allPassed(verdicts) ? 'success' : 'tests-failed', image, artifacts, verdicts };
}

/** A secret must not come to lie on the disk, whatever is kept: then nothing is. */
async function keep(
  scene: FailureScene,
  { workshop, planned, runId, secrets, hooks }: ImageJob,
): Promise<void> {
  const layers = await captureScene(scene, planned.plan.epoch);
  try {
    for (const layer of layers.slice(-1)) await refuseLeaks(layer, secrets, workshop);
    await keepScene(workshop.host.home, runId, layers);
    hooks.emit({ type: 'kept', runId, step: scene.step });
  } catch (thrown) {
    const { code, message } = toGildError(thrown);
    hooks.emit({ type: 'warning', code, message: `Nothing was kept. ${message}` });
  }
}

async function makeOutputs(tree: Tree, job: ImageJob): Promise<Artifact[]> {
  const artifacts: Artifact[] = [];
  for (const planned of job.planned.plan.outputs) {
    const step = `output/${planned.type}`;
    const artifact = await track(job.hooks.emit, { step, title: planned.type }, () =>
      makeOutput(planned, tree, job),
    );
    job.hooks.emit({ type: 'artifact', artifact });
    artifacts.push(artifact);
  }
  return artifacts;
}

function makeOutput(
  planned: PlannedOutput,
  tree: Tree,
  { workshop, planned: { plan }, hooks }: ImageJob,
): Promise<Artifact> {
  const output = outputs.find((candidate) => candidate.type === planned.type);
  if (!output)
    throw new GildError({ code: 'BUG', message: `No output is registered as \`${planned.type}\`.` });
  const step = `output/${planned.type}`;
  const { trees, blobs } = workshop;
  const { architecture, epoch, config } = plan;
  return output.make({ ...plan.image, architecture, epoch, tree, config }, planned.options, {
    trees,
    blobs,
    signal: hooks.signal,
    note: (line) => hooks.emit({ type: 'step.output', step, stream: 'note', lines: [line] }),
  });
}

function allPassed(verdicts: readonly Verdict[]): boolean {
  return verdicts.every((verdict) => verdict.status === 'passed');
}
