import type { Readable } from 'node:stream';
import type { Limits, NetworkMode } from '../model/buildspec.ts';
import type { OperatingSystem } from '../model/operating-system.ts';
import type { Layer, Tree } from '../model/tree.ts';

/** Where machines come from. A member is done when it passes `machine-suite.ts`. */
export interface Platform {
  readonly name: string;
  /** What it chose on this host and why, one line each, for people. */
  describe(): Promise<readonly string[]>;
  /** Starts a machine whose root file system is `tree`. */
  start(tree: Tree, options: MachineOptions): Promise<BuildMachine>;
}

export interface MachineOptions {
  readonly network: NetworkMode;
  readonly limits: Limits;
  /** For every command, under those of the command itself. */
  readonly env?: Readonly<Record<string, string>>;
  /** Name -> value; each a file `/run/secrets/<name>`, mode 0400, never on a disk. */
  readonly secrets?: ReadonlyMap<string, string>;
  /** Folders that several machines of a run have in common and that no layer holds: what package managers fetch. */
  readonly shared?: readonly SharedFolder[];
  readonly signal?: AbortSignal | undefined;
}

export interface SharedFolder {
  /** On the host; the machine's root owns it. */
  readonly source: string;
  /** Absolute, in the machine. */
  readonly target: string;
  /** A folder whose content is there too, as if it were in `source`; what the machine does to it goes to `source`. */
  readonly below?: string;
}

/** One running place. Every method may throw `CANCELLED`; after `close` none may be called. */
export interface Machine {
  readonly os: OperatingSystem;
  /**
   * Argument array before the name of a POSIX utility (`sh`, `cp`, `tar`, `chown` ...), for actions that must
   * work on an image that has none of its own. Empty where the machine's own utilities are used.
   */
  readonly toolbox: readonly string[];
  /**
   * Runs to the end; whatever it started is gone when this returns. Non-zero exit is a result, not an error, unless the
   * disk of the machine's host is full: `NO_SPACE`.
   */
  run(command: Command): Promise<CommandResult>;
  /** Unpacks a tar stream at `/`: numeric owners, modes and links as in the tar; parents are created. */
  put(tar: Readable): Promise<void>;
  /** One file's bytes. Throws `FILE_NOT_FOUND`. */
  get(path: string): Promise<Readable>;
  /** Everything running ends, `/run` is empty again, files stay. */
  reboot(): Promise<void>;
  close(): Promise<void>;
}

/** A machine that layers are made on. */
export interface BuildMachine extends Machine {
  /** Whether a name in `/`, or anything below it, may differ from the machine's tree: costs next to nothing. */
  mayDiffer(name: string): Promise<boolean>;
  /** Whether the machine's tree may have a path, which has no slash before it: costs next to nothing. */
  mayHave(path: string): Promise<boolean>;
  /** Stops the machine and returns what changed against its tree, as a layer; the machine is closed. */
  capture(options: CaptureOptions): Promise<Layer>;
}

export interface Command {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** `/` by default. */
  readonly cwd?: string;
  /** Name or `uid[:gid]`; root by default. */
  readonly user?: string;
  readonly stdin?: Readable | Uint8Array;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStdout?: (chunk: Buffer) => void;
  readonly onStderr?: (chunk: Buffer) => void;
  /** Connects the command to the caller's terminal. */
  readonly terminal?: boolean;
}

export interface CommandResult {
  /** 127: no such program in the machine. */
  readonly exitCode: number;
  readonly timedOut: boolean;
  /** The machine's memory limit ended it or something that it had started, whatever the exit code. */
  readonly outOfMemory: boolean;
}

export interface CaptureOptions {
  /** Seconds since 1970; no time stamp in the layer is later. */
  readonly epoch: number;
  readonly createdBy: string;
}
