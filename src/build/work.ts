import { treeId } from '../cache/key.ts';
import type { Work } from '../cache/types.ts';
import type { Definition, ReusePolicy } from '../model/cache.ts';
import type { Plan, PlannedCheck, PlannedOutput, PlanStep } from '../model/plan.ts';
import type { Layer, Tree } from '../model/tree.ts';
import { defineCheck, defineOutput, defineStep } from '../plan/definitions.ts';
import { implementation } from '../plan/implementations.ts';
import type { System } from './packages/package-store.ts';

const always: ReusePolicy = { reuse: true };

/** What a plan has to do, as the cache knows work. Where content alone decides, results never get old. */
export function stepWork(plan: Plan, step: PlanStep, { layers }: Tree): Work {
  const { kind, name } = step;
  const definition = defineStep(step, plan);
  if (kind === 'base') return { kind, name, definition, policy: always, deferred: true };
  const policy = kind === 'files' ? always : step.policy;
  return { kind, name, definition, tree: treeId(layers), policy, deferred: true };
}

export interface OutputSubject {
  readonly tree: Tree;
  /** Nothing of the image's name, version or settings is in it. */
  readonly ofTreeAlone: boolean;
  /** It is made of the tree's disk. */
  readonly disk: boolean;
}

export function outputWork(
  plan: Plan,
  output: PlannedOutput,
  { tree: { layers }, ofTreeAlone, disk }: OutputSubject,
): Work {
  const definition = {
    ...defineOutput(output, plan, !ofTreeAlone),
    ...(disk && { disk: defineDisk(plan) }),
  };
  return {
    kind: 'output',
    name: `output/${output.type}`,
    definition: ofTreeAlone ? definition : { ...definition, layers: layers.map(asListed) },
    tree: treeId(layers),
    policy: always,
  };
}

/** The layer that makes a disk's tree of a tree. */
export function diskTreeWork(plan: Plan, { layers }: Tree): Work {
  const { keep, boot, secureBoot, kernelOptions, filesystem, swap, partitions } = plan.disk;
  const definition = {
    keep,
    boot,
    secureBoot,
    kernelOptions,
    fstab: {
      filesystem,
      swap: swap !== undefined,
      partitions: partitions.map(({ mountPoint, filesystem, options }) => ({
        mountPoint,
        filesystem,
        options,
      })),
    },
    title: plan.image.name,
    epoch: plan.epoch,
    implementation: { 'disk-tree': implementation('disk-tree'), layer: implementation('layer') },
  };
  return { kind: 'files', name: 'disk', definition, tree: treeId(layers), policy: always };
}

function defineDisk({ disk }: Plan): Definition {
  return { ...disk, implementation: { disk: implementation('disk') } };
}

/** Names of tests are for people: the same test under another name is proven. */
export function checkWork(
  plan: Plan,
  check: PlannedCheck,
  { tree, subject }: { readonly tree: Tree; readonly subject?: Definition | undefined },
): Work {
  return {
    kind: 'test',
    name: `test/${check.name}`,
    definition: { ...defineCheck(check, plan), ...(subject && { subject }) },
    tree: treeId(tree.layers),
    policy: check.policy,
  };
}

export function packagesWork({ layers }: Tree): Work {
  const definition = { implementation: { packages: implementation('packages') } };
  return { kind: 'packages', name: 'packages', definition, tree: treeId(layers), policy: always };
}

/** What a step of an image has installed from a distribution, whatever version that was: a step that runs may want it again. */
export function archivesWork(step: string, image: string, { id, codename }: System): Work {
  return {
    kind: 'archives',
    name: step,
    definition: { step, image, system: { id, codename } },
    policy: always,
  };
}

/** What an image's manifest and history say of a layer. */
function asListed({ blob, createdBy }: Layer) {
  return { blob, createdBy };
}
