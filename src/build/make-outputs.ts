import { track } from '../engine/track.ts';
import type { Artifact } from '../model/artifact.ts';
import type { PlannedOutput } from '../model/plan.ts';
import type { Tree } from '../model/tree.ts';
import { findOutput } from '../outputs/index.ts';
import type { DiskSource } from '../outputs/types.ts';
import { allOrNone } from '../support/all-or-none.ts';
import { GildError } from '../support/errors.ts';
import { diskMaker } from './disk/make-disk.ts';
import type { ImageJob } from './image-job.ts';
import { outputWork } from './work.ts';

/** Makes what the recipe asks for, all side by side, or takes what was made of the same tree before. */
export async function makeOutputs(tree: Tree, job: ImageJob): Promise<Artifact[]> {
  const { hooks, planned } = job;
  const { outputs, disk } = planned.plan;
  const artifacts = await allOrNone(hooks.signal, (signal) => {
    const stoppable = { ...job, hooks: { ...hooks, signal } };
    const { firmware, secureBoot } = disk;
    const subject = { tree, disk: { firmware, secureBoot, made: diskMaker(tree, stoppable) } };
    return outputs.map((output) =>
      track(hooks.emit, { step: `output/${output.type}`, title: output.type }, (settled) =>
        makeOutput(output, subject, stoppable, settled).catch((error: unknown) => {
          // What comes of being stopped is no failure of its own.
          signal.throwIfAborted();
          throw error;
        }),
      ),
    );
  });
  for (const artifact of artifacts) hooks.emit({ type: 'artifact', artifact });
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
