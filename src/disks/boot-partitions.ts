import type { Host } from '../host/types.ts';
import type { DiskSpec } from '../model/disk.ts';
import { makeBootCode } from './boot/grub.ts';
import { fat32 } from './fat/fat32.ts';
import { sectorSize } from './gpt/gpt.ts';
import { derivedBytes, derivedUuid } from './identifiers.ts';
import { type DiskPartition, endOf, padded } from './partitions.ts';
import type { DiskTarget } from './types.ts';

export interface BootRequest {
  readonly host: Host;
  readonly seed: string;
  readonly spec: DiskSpec;
  /** Seconds since 1970. */
  readonly epoch: number;
  /** Of the file system with the boot configuration, as text. */
  readonly rootUuid: string;
}

export interface Bootable {
  /** For the disk's first sector. */
  readonly mbr: Buffer | undefined;
  readonly partitions: readonly DiskPartition[];
}

const mebibyte = 2 ** 20;
const espSize = 64 * mebibyte;

/** The partitions that firmware boots from, before it is known what is in them; they are the first of the disk. */
export function bootPartitions({ seed, spec }: Pick<BootRequest, 'seed' | 'spec'>): readonly DiskPartition[] {
  const uuid = (name: string) => derivedUuid(seed, `partition ${name}`);
  return [
    { name: 'bios-boot', type: 'bios-boot', uuid: uuid('bios-boot'), size: mebibyte },
    ...(spec.firmware.includes('uefi')
      ? [{ name: 'esp', type: 'esp', uuid: uuid('esp'), size: espSize } as const]
      : []),
  ];
}

/** The same with what is in them. */
export async function makeBootable(request: BootRequest): Promise<Bootable> {
  const { host, seed, spec, epoch, rootUuid } = request;
  const { mbr, core, efi } = await makeBootCode(host, { rootUuid, coreSector: endOf([]) / sectorSize });
  const bios = spec.firmware.includes('bios');
  const write = {
    'bios-boot': bios && ((target: DiskTarget) => target.write(0, padded(core))),
    esp: (target: DiskTarget) => target.write(0, padded(espContent({ seed, epoch, efi }))),
  };
  return {
    mbr: bios ? mbr : undefined,
    partitions: bootPartitions(request).map((partition) => {
      const own = write[partition.type as keyof typeof write];
      return own ? { ...partition, write: own } : partition;
    }),
  };
}

function espContent({
  seed,
  epoch,
  efi,
}: {
  readonly seed: string;
  readonly epoch: number;
  readonly efi: Buffer;
}): Buffer {
  return fat32({
    size: espSize,
    label: 'ESP',
    serial: derivedBytes(seed, 'esp', 4),
    files: new Map([['EFI/BOOT/BOOTX64.EFI', efi]]),
    epoch,
  });
}
