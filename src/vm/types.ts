import type { BootDisk } from '../model/artifact.ts';
import type { NetworkMode } from '../model/buildspec.ts';
import type { Firmware } from '../model/disk.ts';
import type { Machine } from '../platforms/types.ts';
import type { GildError } from '../support/errors.ts';
import type { ProcessStream } from '../support/process-stream.ts';

/** The file under GILD_HOME that a virtual machine boots from; nothing is ever written to it. */
export interface DiskFile {
  readonly path: string;
  readonly format: BootDisk['format'];
}

/** `kvm`: the processor's own; `tcg`: in software, about ten times slower. */
export type Accelerator = 'kvm' | 'tcg';

export interface VmOptions {
  readonly disk: DiskFile;
  readonly firmware: Firmware;
  /** UEFI starts only what Microsoft's keys vouch for. */
  readonly secureBoot?: boolean | undefined;
  /** A file in which what the machine writes is kept, and gone on from; thrown away when absent. */
  readonly overlay?: string | undefined;
  /** Bytes. */
  readonly memory: number;
  readonly cpus: number;
  readonly network: NetworkMode;
  /** TCP ports of the machine that `dial` can reach. */
  readonly ports: readonly number[];
  /** Whole lines of the serial console as they come, without escape sequences. */
  readonly onConsole?: (lines: readonly string[]) => void;
  /** Told that cloud-init does not get done, for those who want to look into the machine all the same. */
  readonly onUnready?: ((error: GildError) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A machine that runs; when it is closed, all that it wrote is thrown away, or put into its overlay. */
export interface VirtualMachine {
  readonly accelerator: Accelerator;
  readonly firmware: Firmware;
  readonly secureBoot: boolean;
  /** How many times as long as with KVM everything may take. */
  readonly patience: number;
  /**
   * The machine as its root sees it, over SSH with a key of this run alone; connects with the first command, also
   * after a restart. Its methods throw `MACHINE_UNREACHABLE` if nothing lets us in, and `BOOT_FAILED` if cloud-init is
   * there, does not get done, and nobody is told.
   */
  readonly machine: Machine;
  /**
   * Waits for the next login prompt on the serial console. Seconds since power-on or the last restart.
   * Throws `BOOT_FAILED` with the last screen when `timeoutMs` is over or the machine stopped.
   */
  waitForLogin(timeoutMs: number): Promise<number>;
  /** As Ctrl-Alt-Del on its keyboard, which systemd takes for a clean restart; then waits for the login prompt. */
  restart(timeoutMs: number): Promise<number>;
  /** What the last `waitForLogin` or `restart` returned. */
  bootSeconds(): number;
  /** Last lines of the serial console. */
  lastScreen(): string;
  /** Writes a PNG of the display. */
  screenshot(path: string): Promise<void>;
  /** A connection to one of `ports`, whether anything lets us in or not. */
  dial(port: number): ProcessStream;
  /** Settles when the machine has been switched off, from inside or by `close`. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}
