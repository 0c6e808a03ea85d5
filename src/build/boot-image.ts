import { chooseImage } from '../images/choose.ts';
import { imageLabel } from '../images/reference.ts';
import type { BootDisk } from '../model/artifact.ts';
import type { Firmware } from '../model/disk.ts';
import type { Image } from '../model/image.ts';
import { GildError } from '../support/errors.ts';
import { startVirtualMachine } from '../vm/start.ts';
import type { VirtualMachine, VmOptions } from '../vm/types.ts';
import type { Workshop } from './workshop.ts';

export interface BootOptions {
  /** `name`, `name@1.0.0` ... */
  readonly image: string;
  /** The first that the disk boots with when absent. */
  readonly firmware?: Firmware | undefined;
  /** A file in which what the machine writes is kept, and gone on from; thrown away when absent. */
  readonly overlay?: string | undefined;
  /** Bytes. */
  readonly memory: number;
  readonly cpus: number;
  /** Of the machine, to be dialled. */
  readonly ports: readonly number[];
  readonly onConsole: (lines: readonly string[]) => void;
  readonly onUnready?: VmOptions['onUnready'];
  readonly signal: AbortSignal;
}

/** From power-on to the login prompt, with KVM. */
export const bootMs = 300_000;

/** Starts a virtual machine from the disk of an image; it ends with the workshop. Throws `USAGE` if there is no disk. */
export async function bootImage(workshop: Workshop, options: BootOptions): Promise<VirtualMachine> {
  const image = await chooseImage(workshop.records, options.image);
  const disk = bootDiskOf(image);
  if (!disk)
    throw new GildError({
      code: 'USAGE',
      message: `\`${imageLabel(image)}\` has no disk to boot.`,
      hint: 'Build it with a disk output, or look into its tree with `gild shell`.',
    });
  const vm = await startVirtualMachine(workshop.host, {
    ...options,
    disk: { path: workshop.blobs.path(disk.blob), format: disk.format },
    firmware: chooseFirmware(disk, options.firmware),
    secureBoot: disk.secureBoot,
    network: 'on',
  });
  workshop.disposer.add(() => vm.close());
  return vm;
}

export function bootDiskOf({ artifacts }: Pick<Image, 'artifacts'>): BootDisk | undefined {
  return artifacts.find(({ boot }) => boot)?.boot;
}

function chooseFirmware({ firmware }: BootDisk, wanted: Firmware | undefined): Firmware {
  const chosen = wanted ?? firmware[0] ?? 'bios';
  if (firmware.includes(chosen)) return chosen;
  throw new GildError({
    code: 'USAGE',
    message: `This disk does not boot with ${chosen}.`,
    hint: `It boots with ${firmware.join(' and ')}.`,
  });
}
