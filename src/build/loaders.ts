import { grubLoaderConfig } from '../disks/boot/grub-config.ts';
import { isSigned } from '../disks/boot/pe.ts';
import type { EspFiles } from '../disks/esp.ts';
import type { DiskSpec } from '../model/disk.ts';
import type { Machine } from '../platforms/types.ts';
import { GildError } from '../support/errors.ts';
import type { Boot } from './find-boot.ts';
import { readMachineFile } from './machine-file.ts';

export interface LoaderRequest {
  readonly disk: DiskSpec;
  readonly rootUuid: string;
  readonly boot: Boot;
}

/** What UEFI loads of the tree's own, for the EFI system partition. Throws `DISK_NOT_BOOTABLE` for what is missing. */
export async function ownLoaders(machine: Machine, request: LoaderRequest): Promise<EspFiles> {
  return request.disk.secureBoot ? signedGrub(machine, request) : new Map();
}

/** A file of the tree, under one of the names that distributions give it. */
interface Wanted {
  readonly what: string;
  readonly paths: readonly string[];
  /** On Debian and Ubuntu. */
  readonly package: string;
  /** Of `bootable-linux`, which installs it. */
  readonly parameter: string;
}

const shim: Wanted = {
  what: 'signed shim',
  paths: ['/usr/lib/shim/shimx64.efi.signed', '/usr/lib/shim/shimx64.efi.signed.latest'],
  package: 'shim-signed',
  parameter: 'SignedGrub',
};
const mokManager: Wanted = {
  what: 'signed key manager of shim',
  paths: ['/usr/lib/shim/mmx64.efi.signed', '/usr/lib/shim/mmx64.efi'],
  package: 'shim-signed',
  parameter: 'SignedGrub',
};
const grub: Wanted = {
  what: 'signed GRUB',
  paths: ['/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed'],
  package: 'grub-efi-amd64-signed',
  parameter: 'SignedGrub',
};

/**
 * The firmware trusts shim, shim trusts GRUB and the kernel. Signed GRUBs look for their configuration in the folder of
 * their distribution, and where they were loaded from.
 */
async function signedGrub(machine: Machine, { rootUuid, boot }: LoaderRequest): Promise<EspFiles> {
  const config = Buffer.from(grubLoaderConfig(rootUuid));
  const files = new Map([
    ['EFI/BOOT/BOOTX64.EFI', await find(machine, shim)],
    ['EFI/BOOT/MMX64.EFI', await find(machine, mokManager)],
    ['EFI/BOOT/GRUBX64.EFI', await find(machine, grub)],
    ...['BOOT', 'DEBIAN', 'UBUNTU'].map((folder) => [`EFI/${folder}/GRUB.CFG`, config] as const),
  ]);
  if (!isSigned(await readMachineFile(machine, boot.kernel, largest))) throw unsigned(boot.kernel);
  return files;
}

/** Bytes. */
const largest = 512 * 2 ** 20;

async function find(machine: Machine, wanted: Wanted): Promise<Buffer> {
  for (const path of wanted.paths) {
    try {
      return await readMachineFile(machine, path, largest);
    } catch (error) {
      if (!(error instanceof GildError && error.code === 'FILE_NOT_FOUND')) throw error;
    }
  }
  throw new GildError({
    code: 'DISK_NOT_BOOTABLE',
    message: `A disk of this image would not boot as the recipe asks: it has no ${wanted.what}, ${wanted.paths[0]}.`,
    hint: `Install the package \`${wanted.package}\`; the component \`bootable-linux\` does with \`${wanted.parameter}: "yes"\`.`,
  });
}

function unsigned(kernel: string): GildError {
  return new GildError({
    code: 'DISK_NOT_BOOTABLE',
    message: `A disk of this image would not boot with Secure Boot: its kernel, ${kernel}, is not signed.`,
    hint: 'Install a signed kernel, such as `linux-image-cloud-amd64` of Debian.',
  });
}
