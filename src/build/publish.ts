import type { StepCache } from '../cache/types.ts';
import { imageLabel } from '../images/reference.ts';
import type { Artifact, Verdict } from '../model/artifact.ts';
import type { Emit } from '../model/events.ts';
import type { Image } from '../model/image.ts';
import type { Tree } from '../model/tree.ts';
import { keptInDisks } from './disk/disk-keeps.ts';
import { packagesOf } from './packages/packages-of.ts';
import type { PlannedBuild } from './types.ts';
import type { Workshop } from './workshop.ts';

export interface Publication {
  readonly workshop: Workshop;
  readonly planned: PlannedBuild;
  readonly runId: string;
  readonly tree: Tree;
  readonly artifacts: readonly Artifact[];
  readonly verdicts: readonly Verdict[];
  readonly emit: Emit;
  readonly cache: StepCache;
}

/** Writes the image on record; one whose tests failed is kept for a look, and nothing can be made from it. */
export async function publishImage({
  workshop,
  planned,
  runId,
  tree,
  artifacts,
  verdicts,
  emit,
  cache,
}: Publication): Promise<Image> {
  const { plan, lock } = planned;
  const { packages, notes } = await packagesOf(tree, { workshop, cache });
  for (const message of notes) emit({ type: 'warning', code: 'PACKAGES_UNREAD', message });
  const passed = verdicts.every((verdict) => verdict.status === 'passed');
  const keeps = keptInDisks(plan);
  return workshop.records.publish({
    ...plan.image,
    state: passed ? 'available' : 'test-failed',
    architecture: plan.architecture,
    createdAt: new Date().toISOString(),
    runId,
    planId: plan.id,
    base: { reference: lock.base.reference, digest: lock.base.digest },
    parents: await lineage(workshop, planned),
    layers: tree.layers,
    config: plan.config,
    epoch: plan.epoch,
    components: lock.components.map(({ name, version, digest }) => ({ name, version, digest })),
    packages,
    artifacts,
    ...(keeps.length > 0 && { keeps }),
    verdicts,
  });
}

async function lineage({ records }: Workshop, { lock }: PlannedBuild): Promise<string[]> {
  const { parent } = lock.base;
  if (!parent) return [];
  const image = await records.find(parent.name, parent.version, parent.build);
  return [imageLabel(parent), ...(image?.parents ?? [])];
}
