import { LayersLost } from '../cache/remote/layers-lost.ts';
import { type BuiltTree, runSteps } from '../engine/run.ts';
import { track } from '../engine/track.ts';
import type { EngineDeps, FailureScene } from '../engine/types.ts';
import type { Verdict } from '../model/artifact.ts';
import type { Tree } from '../model/tree.ts';
import { findMarkers } from '../sanitise/markers.ts';
import { toGildError } from '../support/errors.ts';
import { once } from '../support/once.ts';
import { keepScene } from './cache/kept-scenes.ts';
import { checkArtifact } from './check-artifact.ts';
import { componentRunner } from './component-runner.ts';
import { keepingMarked } from './disk/disk-keeps.ts';
import { captureScene, settleFailure } from './failure.ts';
import { type ImageJob, platformOf } from './image-job.ts';
import { refuseLeaks } from './leaks.ts';
import { recordInLock } from './lock/lock-record.ts';
import { lockedStepWork } from './lock/locked-step-work.ts';
import { makeOutputs } from './make-outputs.ts';
import { type PackageFolders, packageFolders } from './packages/package-folders.ts';
import { publishImage } from './publish.ts';
import { fetchBase } from './resolve-spec.ts';
import { requireRoomForOutputs } from './room-for-outputs.ts';
import type { BuildOutcome } from './types.ts';

/** run -> make -> check -> keep. What an earlier build made of the same is used again. */
export async function makeImage(job: ImageJob): Promise<BuildOutcome> {
  try {
    return await makeAndPublish(job);
  } finally {
    warnOfRepairs(job);
    await job.cache.close();
  }
}

async function makeAndPublish(asPlanned: ImageJob): Promise<BuildOutcome> {
  const packages = packageFolders(asPlanned);
  const built = await makeTree(asPlanned, packages);
  const job = keepingMarked(asPlanned, built.markers);
  const { workshop, planned, runId, cache } = job;
  const { emit } = job.hooks;
  const { tree } = built;
  const artifacts = await makeOutputs(tree, job);
  const verdicts = await checkArtifact(job, built, artifacts);
  const image = await publishImage({ workshop, planned, runId, tree, artifacts, verdicts, emit, cache });
  const { name, version, build, state } = image;
  emit({ type: 'image', name, version, build, state });
  if (image.state === 'available') await recordInLock(job, { ...built, unrepeatable: packages.unrepeatable });
  return { runId, status: allPassed(verdicts) ? 'success' : 'tests-failed', image, artifacts, verdicts };
}

/**
 * What reading a layer shows to be damaged is put aside by then: the second time it is made anew. So is what another host
 * promised and does not have, each time that this shows.
 */
async function makeTree(job: ImageJob, packages: PackageFolders): Promise<BuiltTree> {
  const deps = engineDeps(job, packages);
  for (let isMended = false; ; ) {
    try {
      const built = await runSteps(job.planned.plan, deps);
      await bringIn(built.tree, job);
      return built;
    } catch (thrown) {
      const { code, message } = toGildError(thrown);
      if (thrown instanceof LayersLost) continue;
      if (code !== 'STORE_DAMAGED' || isMended) throw thrown;
      isMended = true;
      job.hooks.emit({ type: 'warning', code, message: `${message} What needs it is made or fetched anew.` });
    }
  }
}

/** An image on record has its layers. */
async function bringIn({ layers }: Tree, { remote, hooks }: ImageJob): Promise<void> {
  if (!remote?.awaits(layers)) return;
  const step = 'cache-from';
  const lost = await track(hooks.emit, { step, title: 'layers that other hosts made' }, async (settled) => {
    try {
      await remote.need(layers, step);
    } catch (thrown) {
      if (!(thrown instanceof LayersLost)) throw thrown;
      settled('ignored');
      return thrown;
    }
  });
  if (lost) throw lost;
}

function warnOfRepairs({ workshop, hooks }: ImageJob): void {
  for (const diffId of workshop.trees.repaired())
    hooks.emit({
      type: 'warning',
      code: 'STORE_DAMAGED',
      message: `The unpacked files of layer ${diffId} had been changed: they were put aside, and unpacked anew.`,
    });
}

/** Where all is reused, no machine is prepared for. */
function engineDeps(job: ImageJob, packages: PackageFolders): EngineDeps {
  const { workshop, planned, cache, remote } = job;
  const { emit, signal } = job.hooks;
  const runner = once(() => componentRunner(job));
  return {
    platform: once(() => platformOf(job)),
    secrets: job.secrets,
    surroundings: packages.surroundings,
    emit,
    signal,
    reuse: (step, tree, make) =>
      cache.reuse(lockedStepWork(planned, step, { tree, held: packages.heldTo(step) }), async () => {
        if (step.kind !== 'base') await requireRoomForOutputs(planned.plan, tree, workshop.host.home);
        await remote?.need(tree.layers, step.name);
        await packages.prepare(step, tree);
        return make();
      }),
    fetchBase: (locked, note) => fetchBase(planned.spec, workshop, { locked, note, signal }),
    runComponent: async (work) => {
      const run = await runner();
      return packages.during(work, () => run(work));
    },
    findMarkers: (machine) => findMarkers(machine, signal),
    inspectLayer: (layer) => refuseLeaks(layer, job.secrets, workshop),
    onFailure: async (scene) => {
      if (await packages.release(scene)) return 'retry';
      return settleFailure(scene, {
        onError: job.options.onError,
        hooks: job.hooks,
        keep: () => keep(scene, job),
      });
    },
  };
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

function allPassed(verdicts: readonly Verdict[]): boolean {
  return verdicts.every((verdict) => verdict.status === 'passed');
}
