import type { DiskSpec, FileSystemType } from '../model/disk.ts';
import type { PartitionType } from './gpt/gpt.ts';
import { derivedUuid } from './identifiers.ts';
import type { FileSystemSize } from './types.ts';

/** A file system of a disk, before it is written. */
export interface FileSystem {
  readonly mountPoint: string;
  readonly type: FileSystemType;
  readonly partitionType: PartitionType;
  /** Of file system and partition. */
  readonly label: string;
  /** 16 bytes. */
  readonly uuid: Buffer;
  /** `whole`: all that the disk leaves. */
  readonly size: FileSystemSize | { readonly kind: 'whole' };
  readonly options: readonly string[];
}

/** For what all of them have room for, or less. */
const longestLabel = { ext4: 16, btrfs: 16, xfs: 12 } as const;

/** In the order of the disk: the root is the last one, for it grows. */
export function fileSystemsOf(spec: DiskSpec, seed: string): readonly FileSystem[] {
  const { size, headroom, filesystem, partitions } = spec;
  return [
    ...partitions.map((partition): FileSystem => {
      const { mountPoint, options } = partition;
      const name = mountPoint.slice(1).replaceAll('/', '-');
      return {
        mountPoint,
        type: partition.filesystem,
        partitionType: partitionTypeOf(name),
        label: name.slice(0, longestLabel[partition.filesystem]),
        uuid: derivedUuid(seed, `file system ${mountPoint}`),
        size:
          partition.size === undefined
            ? { kind: 'fit', headroom: partition.headroom }
            : { kind: 'fixed', bytes: partition.size },
        options,
      };
    }),
    {
      mountPoint: '/',
      type: filesystem,
      partitionType: 'root-amd64',
      label: 'root',
      uuid: derivedUuid(seed, 'root file system'),
      size: size === undefined ? { kind: 'fit', headroom } : { kind: 'whole' },
      options: [],
    },
  ];
}

/** As the Discoverable Partitions Specification names what is mounted there. */
function partitionTypeOf(name: string): PartitionType {
  const known = ['home', 'srv', 'var', 'var-tmp'] as const;
  return known.find((type) => type === name) ?? 'linux';
}
