import type { Digest } from './digest.ts';
import type { Firmware } from './disk.ts';

/** One finished output. */
export interface Artifact {
  /** Name of the output that made it: `oci`. */
  readonly type: string;
  /** Of the manifest for OCI, of the file otherwise. */
  readonly digest: Digest;
  /** Bytes, all blobs together. */
  readonly size: number;
  readonly mediaType: string;
  /** Blobs of the store that `digest` needs, itself included. */
  readonly blobs: readonly Digest[];
  /** File or folder name that an export gives it: `web-server-1.0.0.oci`. */
  readonly fileName: string;
  /** Set where a virtual machine can boot from it. */
  readonly boot?: BootDisk;
}

export interface Verdict {
  readonly name: string;
  readonly type: string;
  readonly status: VerdictStatus;
  /** One line: what was expected and what was found. */
  readonly message: string;
  readonly seconds: number;
  /** Last lines of what the check's command wrote. */
  readonly output?: string;
  /** Path of a PNG of what the machine's display showed then. */
  readonly screenshot?: string;
  /** Found by an earlier run, of the same content; `seconds` are those of then. */
  readonly reused?: boolean;
}

/** `blocked`: this machine kind cannot carry out the test, so it proves nothing. */
export type VerdictStatus = 'passed' | 'failed' | 'blocked';

/** A file of the store that a virtual machine can boot from. */
export interface BootDisk {
  readonly blob: Digest;
  /** Name of QEMU's driver for it. */
  readonly format: 'raw' | 'qcow2' | 'vmdk' | 'vhdx' | 'vpc' | 'vdi';
  /** Every way to boot it; the first is tried most. */
  readonly firmware: readonly Firmware[];
  /** Set where UEFI is to boot it with Secure Boot. */
  readonly secureBoot?: true;
}
