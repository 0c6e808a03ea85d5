import type { Host } from '../host/types.ts';
import type { DiskSpec } from '../model/disk.ts';
import { type BootCode, makeBootCode } from './boot/grub.ts';
import { type EspFiles, espSize } from './esp.ts';
import { fat32 } from './fat/fat32.ts';
import { sectorSize } from './gpt/gpt.ts';
import { derivedBytes, derivedUuid } from './identifiers.ts';
import { type DiskPartition, endOf, padded } from './partitions.ts';
import type { DiskTarget } from './types.ts';

export interface BootRequest {
  readonly host: Host;
  readonly seed: string;
  readonly spec: DiskSpec;
  /** What UEFI loads, where that is not Gild's GRUB. */
  readonly esp: EspFiles;
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
const loader = 'EFI/BOOT/BOOTX64.EFI';

/** The partitions that firmware boots from, before it is known what is in them; they are the first of the disk. */
export function bootPartitions({
  seed,
  spec,
  esp,
}: Pick<BootRequest, 'seed' | 'spec' | 'esp'>): readonly DiskPartition[] {
  const uuid = (name: string) => derivedUuid(seed, `partition ${name}`);
  return [
    { name: 'bios-boot', type: 'bios-boot', uuid: uuid('bios-boot'), size: mebibyte },
    ...(spec.firmware.includes('uefi')
      ? [{ name: 'esp', type: 'esp', uuid: uuid('esp'), size: espSize(esp) } as const]
      : []),
  ];
}

/** The same with what is in them. */
export async function makeBootable(request: BootRequest): Promise<Bootable> {
  const { host, spec, esp, rootUuid } = request;
  const bios = spec.firmware.includes('bios');
  const needsGrub = bios || !esp.has(loader);
  const grub = needsGrub
    ? await makeBootCode(host, { ...spec, rootUuid, coreSector: endOf([]) / sectorSize })
    : undefined;
  const { mbr, core } = bios && grub ? grub : {};
  const write = {
    'bios-boot': core && ((target: DiskTarget) => target.write(0, padded(core))),
    esp: (target: DiskTarget) => target.write(0, padded(espContent(request, grub))),
  };
  return {
    mbr,
    partitions: bootPartitions(request).map((partition) => {
      const own = write[partition.type as keyof typeof write];
      return own ? { ...partition, write: own } : partition;
    }),
  };
}

function espContent({ seed, esp, epoch }: BootRequest, grub: BootCode | undefined): Buffer {
  const files = grub && !esp.has(loader) ? new Map([...esp, [loader, grub.efi]]) : esp;
  return fat32({ size: espSize(esp), label: 'ESP', serial: derivedBytes(seed, 'esp', 4), files, epoch });
}
