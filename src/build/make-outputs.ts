import { track } from '../engine/track.ts';
import type { Artifact } from '../model/artifact.ts';
import type { PlannedOutput } from '../model/plan.ts';
import type { Tree } from '../model/tree.ts';
import { findOutput } from '../outputs/index.ts';
import type { DiskSource } from '../outputs/types.ts';
import { GildError } from '../support/errors.ts';
import type { ImageJob } from './image-job.ts';
import { diskMaker } from './make-disk.ts';
import { outputWork } from './work.ts';

/** Makes what the recipe asks for, or takes what was made of the same tree before. */
export async function makeOutputs(tree: Tree, job: ImageJob): Promise<Artifact[]> {
  const artifacts: Artifact[] = [];
  const disk = { firmware: job.planned.plan.disk.firmware, made: diskMaker(tree, job) };
  for (const planned of job.planned.plan.outputs) {
    const step = `output/${planned.type}`;
    const artifact = await track(job.hooks.emit, { step, title: planned.type }, (settled) =>
      makeOutput(planned, { tree, disk }, job, settled),
    );
    job.hooks.emit({ type: 'artifact', artifact });
    artifacts.push(artifact);
  }
  return artifacts;
}

async function makeOutput(
  planned: PlannedOutput,
  { tree, disk }: { readonly tree: Tree; readonly disk: DiskSource },
  { workshop, planned: { plan }, hooks, cache }: ImageJob,
  settled: (status: 'reused') => void,
): Promise<Artifact> {
  const { type, options } = planned;
  const output = findOutput(type);
  if (!output) throw new GildError({ code: 'BUG', message: `No output is registered as \`${type}\`.` });
  const { trees, blobs } = workshop;
  const { image, architecture, epoch, config } = plan;
  const ofTreeAlone = output.fileNameFor !== undefined;
  const work = outputWork(plan, planned, { tree, ofTreeAlone, disk: output.disk === true });
  const { result, from } = await cache.reuse(work, async () => ({
    artifact: await output.make({ ...image, architecture, epoch, tree, config }, options, {
      trees,
      blobs,
      signal: hooks.signal,
      disk,
      note: (line) => hooks.emit({ type: 'step.output', step: work.name, stream: 'note', lines: [line] }),
    }),
  }));
  if (from) settled('reused');
  const fileName = output.fileNameFor?.(image, options);
  return { ...result.artifact, ...(fileName !== undefined && { fileName }) };
}
