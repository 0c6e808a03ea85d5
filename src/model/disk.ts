/** How a disk is made of a tree; the same for all disk outputs of a recipe. */
export interface DiskSpec {
  /** Bytes of the whole disk; what the tree needs and `headroom` when absent. */
  readonly size?: number;
  /** Bytes of the root file system that are free at first. */
  readonly headroom: number;
  /** What it boots with; the first is tested most. */
  readonly firmware: readonly Firmware[];
  /** Beside the root and the consoles. */
  readonly kernelOptions: string;
  /** What the clean-up leaves, each a name of its list. */
  readonly keep: readonly string[];
}

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
  'temporary-files',
  'package-caches',
  'credentials',
  'spools',
  'tls-keys',
  'backups',
] as const;
