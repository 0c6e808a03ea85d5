/** How a disk is made of a tree; the same for all disk outputs of a recipe. */
export interface DiskSpec {
  /** Bytes of the whole disk; what the tree needs and `headroom` when absent. */
  readonly size?: number;
  /** Bytes of the root file system that are free at first. */
  readonly headroom: number;
  /** Of the root. */
  readonly filesystem: FileSystemType;
  /** Bytes of a partition to swap to; none when absent. */
  readonly swap?: number;
  /** File systems beside the root. */
  readonly partitions: readonly MountedPartition[];
  /** What it boots with; the first is tested most. */
  readonly firmware: readonly Firmware[];
  readonly boot: BootLoader;
  /** Whether what UEFI loads is the tree's own, signed by its distribution. */
  readonly secureBoot: boolean;
  /** Beside the root and the consoles. */
  readonly kernelOptions: string;
  /** What the clean-up leaves, each a name of its list. */
  readonly keep: readonly string[];
}

/** A partition with a file system that is mounted into the root. */
export interface MountedPartition {
  /** Absolute, in letters, digits and `._@-`. */
  readonly mountPoint: string;
  readonly filesystem: FileSystemType;
  /** Bytes of the partition, whole mebibytes; what its content needs and `headroom` when absent. */
  readonly size?: number;
  /** Bytes that are free at first, where there is no `size`. */
  readonly headroom: number;
  /** How it is mounted, beside the defaults. */
  readonly options: readonly string[];
}

export const fileSystemTypes = ['ext4', 'btrfs', 'xfs'] as const;

export type FileSystemType = (typeof fileSystemTypes)[number];

/** `uki`: a Unified Kernel Image by itself; `systemd-boot`: the same behind a menu. BIOS boots with GRUB alone. */
export type BootLoader = 'grub' | 'systemd-boot' | 'uki';

export type Firmware = 'bios' | 'uefi';

/** What belongs to one machine, or to the one who built it, and must be in no image. */
export const sanitised = [
  'ssh-host-keys',
  'ssh-user-keys',
  'machine-id',
  'cloud-init',
  'network-state',
  'random-seeds',
  'histories',
  'logs',
  'executor-logs',
  'agent-logs',
  'temporary-files',
  'package-caches',
  'credentials',
  'spools',
  'tls-keys',
  'backups',
] as const;
