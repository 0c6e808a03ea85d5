import type { CheckItem } from '../checks/check-item.ts';
import { needsDisk } from '../checks/index.ts';
import type { Place } from '../checks/runner.ts';
import type { BuiltTree } from '../engine/run.ts';
import type { Artifact, BootDisk } from '../model/artifact.ts';
import type { NetworkMode } from '../model/buildspec.ts';
import type { Firmware } from '../model/disk.ts';
import type { Plan, PlannedCheck } from '../model/plan.ts';
import { findOutput } from '../outputs/index.ts';
import { startVirtualMachine } from '../vm/start.ts';
import { bootMs } from './boot-image.ts';
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
  start(): Promise<Place>;
}

export function testPlaces(
  job: ImageJob,
  built: Pick<BuiltTree, 'tree' | 'made'>,
  artifacts: readonly Artifact[],
): readonly TestPlace[] {
  const disk = artifacts.find(({ boot }) => boot)?.boot;
  return plannedPlaces(job.planned.plan, artifacts).map((place) => ({
    ...place,
    start: () =>
      place.subject ? bootPlace(job, disk as BootDisk, place.subject.firmware) : containerPlace(job, built),
  }));
}

/**
 * The first way to boot a disk carries all the tests; others boot it and no more. A container is tested where there is
 * an output that is not a disk, or none at all.
 */
export function plannedPlaces(
  { outputs, checks: all }: Pick<Plan, 'outputs' | 'checks'>,
  artifacts: readonly Artifact[],
): readonly Omit<TestPlace, 'start'>[] {
  const disk = artifacts.find(({ boot }) => boot)?.boot;
  const container = outputs.length === 0 || outputs.some(({ type }) => !findOutput(type)?.bootable);
  const ways = disk?.firmware ?? [];
  const places: Omit<TestPlace, 'start'>[] = ways.map((firmware, index) => ({
    kind: 'disk',
    label: ` (${firmware === 'bios' ? 'BIOS' : 'UEFI'})`,
    checks: index === 0 ? all : all.filter(bootsOnly),
    subject: { disk: disk?.blob ?? '', firmware },
  }));
  const inContainer = disk ? all.filter((check) => !bootsOnly(check)) : all;
  if (container) places.unshift({ kind: 'container', label: '', checks: inContainer });
  return places.filter((place) => place.checks.length > 0);
}

function bootsOnly(check: PlannedCheck): boolean {
  return check.kind === 'test' && needsDisk(check.test.type);
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

const defaultMemory = 1024 * 2 ** 20;

async function bootPlace(job: ImageJob, disk: BootDisk, firmware: Firmware): Promise<Place> {
  const { workshop, planned, hooks, redact } = job;
  const { limits, network } = planned.plan;
  const vm = await startVirtualMachine(workshop.host, {
    disk: { path: workshop.blobs.path(disk.blob), format: disk.format },
    firmware,
    secureBoot: disk.secureBoot,
    memory: limits.memory ?? defaultMemory,
    cpus: Math.max(1, Math.ceil(limits.cpus ?? 2)),
    network,
    ports: [],
    signal: hooks.signal,
    onConsole: (lines) =>
      hooks.emit({ type: 'step.output', step: 'test', stream: 'stdout', lines: lines.map(redact) }),
  });
  try {
    await vm.waitForLogin(bootMs * vm.patience);
    return { machine: vm.machine, vm };
  } catch (error) {
    await vm.close();
    throw error;
  }
}
