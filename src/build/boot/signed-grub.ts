import { grubLoaderConfig } from '../../disks/boot/grub-config.ts';
import { isSigned } from '../../disks/boot/pe.ts';
import type { EspFiles } from '../../disks/esp.ts';
import type { Machine } from '../../platforms/types.ts';
import { GildError } from '../../support/errors.ts';
import type { Boot } from './find-boot.ts';
import { readMachineFile } from './machine-file.ts';
import { largestFile, readWanted, type WantedFile } from './wanted-file.ts';

const parameter = 'SignedGrub';
const shim: WantedFile = {
  what: 'signed shim',
  paths: ['/usr/lib/shim/shimx64.efi.signed', '/usr/lib/shim/shimx64.efi.signed.latest'],
  package: 'shim-signed',
  parameter,
};
const keyManager: WantedFile = {
  what: 'signed key manager of shim',
  paths: ['/usr/lib/shim/mmx64.efi.signed', '/usr/lib/shim/mmx64.efi'],
  package: 'shim-signed',
  parameter,
};
const grub: WantedFile = {
  what: 'signed GRUB',
  paths: ['/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed'],
  package: 'grub-efi-amd64-signed',
  parameter,
};

/**
 * The firmware trusts shim, shim trusts GRUB and the kernel. Signed GRUBs look for their configuration in the folder of
 * their distribution, and where they were loaded from.
 */
export async function signedGrub(machine: Machine, boot: Boot, rootUuid: string): Promise<EspFiles> {
  const config = Buffer.from(grubLoaderConfig(rootUuid));
  const files = new Map([
    ['EFI/BOOT/BOOTX64.EFI', await readWanted(machine, shim)],
    ['EFI/BOOT/MMX64.EFI', await readWanted(machine, keyManager)],
    ['EFI/BOOT/GRUBX64.EFI', await readWanted(machine, grub)],
    ...['BOOT', 'DEBIAN', 'UBUNTU'].map((folder) => [`EFI/${folder}/GRUB.CFG`, config] as const),
  ]);
  if (isSigned(await readMachineFile(machine, boot.kernel, largestFile))) return files;
  throw new GildError({
    code: 'DISK_NOT_BOOTABLE',
    message: `A disk of this image would not boot with Secure Boot: its kernel, ${boot.kernel}, is not signed.`,
    hint: 'Install a signed kernel, such as `linux-image-cloud-amd64` of Debian.',
  });
}
