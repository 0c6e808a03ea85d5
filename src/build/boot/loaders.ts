import type { EspFiles } from '../../disks/esp.ts';
import type { DiskSpec } from '../../model/disk.ts';
import type { Machine } from '../../platforms/types.ts';
import type { Boot } from './find-boot.ts';
import { signedGrub } from './signed-grub.ts';
import { kernelImage } from './unified-kernel.ts';

export interface LoaderRequest {
  readonly disk: DiskSpec;
  readonly rootUuid: string;
  readonly boot: Boot;
}

/**
 * What UEFI loads of the tree's own, for the EFI system partition; nothing where Gild's GRUB will do. Throws
 * `DISK_NOT_BOOTABLE` for what is missing.
 */
export async function ownLoaders(machine: Machine, request: LoaderRequest): Promise<EspFiles> {
  const { disk, boot, rootUuid } = request;
  if (disk.boot !== 'grub') return kernelImage(machine, request);
  return disk.secureBoot ? signedGrub(machine, boot, rootUuid) : new Map();
}
