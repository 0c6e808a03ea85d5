import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { boot as bootCheck, bootSeconds } from '../../checks/boot.ts';
import { failed } from '../../checks/findings.ts';
import type { Down, Place } from '../../checks/runner.ts';
import { screenPath } from '../../images/run-screens.ts';
import type { BootDisk } from '../../model/artifact.ts';
import type { Firmware } from '../../model/disk.ts';
import type { Plan } from '../../model/plan.ts';
import { GildError } from '../../support/errors.ts';
import { startVirtualMachine } from '../../vm/start.ts';
import type { VirtualMachine } from '../../vm/types.ts';
import { bootMs } from '../boot-image.ts';
import type { ImageJob } from '../image-job.ts';

/** Fresh machines of one disk, for its tests. */
export interface DiskMachines {
  /** Up to the login prompt; whoever asked closes it. */
  start(firmware: Firmware): Promise<Place | Down>;
  /** Ends what was started beside another machine and not asked for since. */
  close(): Promise<void>;
  /**
   * After the tests: the disk is the one that was made before them, and before the keys that let them in. So none of
   * these is in it. Throws `STORE_DAMAGED`.
   */
  requireUntouched(): Promise<void>;
}

type Booted = { readonly vm: VirtualMachine } | Down;

/** One that was started beside another is the next to be given out: a test of two instances costs no boot of its own. */
export function diskMachines(job: ImageJob, disk: BootDisk): DiskMachines {
  const picture = createPictures(job);
  const spare = new Map<Firmware, Promise<Booted>>();
  let started = false;
  const take = (firmware: Firmware) => {
    const found = spare.get(firmware);
    spare.delete(firmware);
    return found ?? boot(job, { disk, firmware, picture });
  };
  const beside = async (other: Firmware) => {
    const firmware = disk.firmware.find((way) => way !== other) ?? other;
    const booting = take(firmware);
    spare.set(firmware, booting);
    const booted = await booting;
    if ('vm' in booted) return booted.vm.machine;
    const { message } = booted.finding;
    throw new GildError({ code: 'BOOT_FAILED', message: `A second machine did not come up. ${message}` });
  };
  return {
    start: async (firmware) => {
      started = true;
      const booted = await take(firmware);
      if ('finding' in booted) return booted;
      const { vm } = booted;
      return { machine: vm.machine, vm, another: () => beside(firmware), picture: () => picture(vm) };
    },
    close: async () => {
      const left = await Promise.allSettled(spare.values());
      spare.clear();
      for (const { value } of left.filter((each) => each.status === 'fulfilled'))
        if ('vm' in value) await value.vm.close();
    },
    requireUntouched: async () => {
      if (started) await requireUntouched(job, disk);
    },
  };
}

async function requireUntouched({ workshop, hooks }: ImageJob, { blob }: BootDisk): Promise<void> {
  if ((await workshop.blobs.verify(blob)) !== 'whole')
    throw new GildError({ code: 'STORE_DAMAGED', message: 'The disk changed while it was tested.' });
  const line = `after its tests the disk is what it was, without a trace of their keys: ${blob}`;
  hooks.emit({ type: 'step.output', step: 'test', stream: 'note', lines: [line] });
}

interface BootRequest {
  readonly disk: BootDisk;
  readonly firmware: Firmware;
  readonly picture: (vm: VirtualMachine) => Promise<string | undefined>;
}

const defaultMemory = 1024 * 2 ** 20;

async function boot(job: ImageJob, { disk, firmware, picture }: BootRequest): Promise<Booted> {
  const { workshop, planned, hooks, redact } = job;
  const { limits, network } = planned.plan;
  let vm: VirtualMachine | undefined;
  try {
    vm = await startVirtualMachine(workshop.host, {
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
    await vm.waitForLogin(loginMs(planned.plan) * vm.patience);
    return { vm };
  } catch (error) {
    const screenshot = vm && (await picture(vm));
    await vm?.close();
    hooks.signal.throwIfAborted();
    if (!(error instanceof GildError) || error.code !== 'BOOT_FAILED') throw error;
    return { finding: { ...failed(error.message, error.hint), ...(screenshot && { screenshot }) } };
  }
}

/** No longer than the boot tests of the recipe allow for. */
function loginMs({ checks }: Plan): number {
  const allowed = checks.flatMap((check) =>
    check.kind === 'test' && check.test.type === bootCheck.type ? bootSeconds(check.test.options) : [],
  );
  return allowed.length > 0 ? Math.max(...allowed) * 1000 : bootMs;
}

/** Nothing is to be seen of a machine that has stopped. */
function createPictures({ workshop, runId }: ImageJob): BootRequest['picture'] {
  let taken = 0;
  return async (vm) => {
    const path = screenPath(workshop.host.home, runId, `${vm.firmware}-${++taken}`);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return vm.screenshot(path).then(
      () => path,
      () => undefined,
    );
  };
}
