import { kernelCommandLine } from '../../disks/boot/command-line.ts';
import { unifiedKernel } from '../../disks/boot/uki.ts';
import type { EspFiles } from '../../disks/esp.ts';
import type { Machine } from '../../platforms/types.ts';
import { GildError } from '../../support/errors.ts';
import type { LoaderRequest } from './loaders.ts';
import { readMachineFile } from './machine-file.ts';
import { largestFile, readWanted, type WantedFile } from './wanted-file.ts';

const folder = '/usr/lib/systemd/boot/efi';
const from = { package: 'systemd-boot-efi', parameter: 'SystemdBoot' };
const stub: WantedFile = { what: 'stub for kernel images', paths: [`${folder}/linuxx64.efi.stub`], ...from };
const manager: WantedFile = { what: 'systemd-boot', paths: [`${folder}/systemd-bootx64.efi`], ...from };

/** A Unified Kernel Image, alone or behind systemd-boot. */
export async function kernelImage(machine: Machine, request: LoaderRequest): Promise<EspFiles> {
  const { disk, boot, rootUuid } = request;
  const read = (path: string) => readMachineFile(machine, path, largestFile);
  const image = unifiedKernel({
    stub: await readWanted(machine, stub),
    osRelease: await read('/etc/os-release'),
    commandLine: kernelCommandLine(rootUuid, disk.kernelOptions),
    kernel: await read(boot.kernel),
    initrd: boot.initrd === undefined ? undefined : await read(boot.initrd),
  });
  if (!image)
    throw new GildError({
      code: 'DISK_NOT_BOOTABLE',
      message: `A disk of this image would not boot as the recipe asks: ${stub.paths[0]} is no stub that a kernel can be added to.`,
      hint: `Install the package \`${from.package}\` anew.`,
    });
  if (disk.boot === 'uki') return new Map([['EFI/BOOT/BOOTX64.EFI', image]]);
  return new Map([
    ['EFI/BOOT/BOOTX64.EFI', await readWanted(machine, manager)],
    ['EFI/LINUX/LINUX.EFI', image],
  ]);
}
