import type { CheckItem } from '../checks/check-item.ts';
import { needsDisk, ofEachBoot } from '../checks/index.ts';
import type { Down, Place } from '../checks/runner.ts';
import type { BuiltTree } from '../engine/run.ts';
import type { Artifact } from '../model/artifact.ts';
import type { NetworkMode } from '../model/buildspec.ts';
import type { Firmware } from '../model/disk.ts';
import type { Plan, PlannedCheck } from '../model/plan.ts';
import { findOutput } from '../outputs/index.ts';
import { bootDiskOf } from './boot-image.ts';
import { diskMachines } from './disk/disk-machines.ts';
import { freshTrees } from './fresh-trees.ts';
import { type ImageJob, platformOf } from './image-job.ts';

/** Where tests run: a container from the tree, and a virtual machine for each way that a disk can boot. */
export interface TestPlace {
  readonly kind: CheckItem['needs'];
  /** Behind the names of its verdicts: ` (BIOS)`. */
  readonly label: string;
  readonly checks: readonly PlannedCheck[];
  /** What a verdict is about beside the tree: nothing for a container. */
  readonly subject?: { readonly disk: string; readonly firmware: Firmware };
  start(): Promise<Place | Down>;
}

export interface TestPlaces {
  readonly places: readonly TestPlace[];
  /** When all tests have run: none of them changed what they were about. Throws `STORE_DAMAGED`. */
  requireUntouched(): Promise<void>;
  close(): Promise<void>;
}

export function testPlaces(
  job: ImageJob,
  built: Pick<BuiltTree, 'tree' | 'made'>,
  artifacts: readonly Artifact[],
): TestPlaces {
  const disk = bootDiskOf({ artifacts });
  const machines = disk && diskMachines(job, disk);
  const start = async (firmware: Firmware | undefined) =>
    machines && firmware ? machines.start(firmware) : containerPlace(job, built);
  const planned = plannedPlaces(job.planned.plan, artifacts);
  return {
    places: planned.map((place) => ({ ...place, start: () => start(place.subject?.firmware) })),
    requireUntouched: async () => machines?.requireUntouched(),
    close: async () => machines?.close(),
  };
}

/**
 * The first way to boot a disk carries all the tests; others boot it and no more. A container is tested where there is
 * an output that is not a disk, or none at all.
 */
export function plannedPlaces(
  { outputs, checks: all }: Pick<Plan, 'outputs' | 'checks'>,
  artifacts: readonly Artifact[],
): readonly Omit<TestPlace, 'start'>[] {
  const disk = bootDiskOf({ artifacts });
  const container = outputs.length === 0 || outputs.some(({ type }) => !findOutput(type)?.bootable);
  const ways = disk?.firmware ?? [];
  const places: Omit<TestPlace, 'start'>[] = ways.map((firmware, index) => ({
    kind: 'disk',
    label: ` (${firmware === 'bios' ? 'BIOS' : 'UEFI'})`,
    checks: index === 0 ? all : all.filter((check) => isTest(check, ofEachBoot)),
    subject: { disk: disk?.blob ?? '', firmware },
  }));
  const inContainer = disk ? all.filter((check) => !isTest(check, needsDisk)) : all;
  if (container) places.unshift({ kind: 'container', label: '', checks: inContainer });
  return places.filter((place) => place.checks.length > 0);
}

function isTest(check: PlannedCheck, holds: (type: string) => boolean): boolean {
  return check.kind === 'test' && holds(check.test.type);
}

async function containerPlace(
  job: ImageJob,
  { tree, made }: Pick<BuiltTree, 'tree' | 'made'>,
): Promise<Place> {
  const { plan } = job.planned;
  const platform = await platformOf(job, await freshTrees(job.workshop, made));
  const network = await testNetwork(job);
  return { machine: await platform.start(tree, { network, limits: plan.limits, signal: job.hooks.signal }) };
}

/** Where machines share the host's network, a test could find a server of the host instead of the image's. */
async function testNetwork({ workshop, planned }: ImageJob): Promise<NetworkMode> {
  const { network } = planned.plan;
  if (network !== 'on') return network;
  return (await workshop.host.facts()).network === 'host' ? 'loopback' : 'on';
}
