import type { Limits, NetworkMode } from '../model/buildspec.ts';
import type { RunOptions, RunResult } from '../support/process.ts';

/** This computer: where Gild keeps things, what the kernel supports, and namespaces on it. */
export interface Host {
  /** GILD_HOME: `/var/lib/gild` for root, `$XDG_DATA_HOME/gild` for others. */
  readonly home: string;
  /** Probed once per boot by trying, never by looking at version numbers; throws `HOST_UNSUPPORTED` with a hint. */
  facts(): Promise<HostFacts>;
  /** A fresh private folder under `home`; removed on `release`, or by the next run if this process is killed. */
  scratch(label: string): Promise<Scratch>;
  /** A user namespace in which hostile content is handled; everything in it dies with this process. */
  namespace(options: NamespaceOptions): Promise<Namespace>;
}

export interface Scratch {
  readonly path: string;
  release(): Promise<void>;
}

export interface HostFacts {
  readonly rootless: boolean;
  readonly runtime: 'crun' | 'runc';
  readonly runtimeVersion: string;
  readonly cgroup: 'v1' | 'v2' | 'hybrid' | 'none';
  /** Limits that can be enforced here. */
  readonly limits: readonly ('memory' | 'pids' | 'cpu')[];
  /** How `network: on` is done: an own namespace behind slirp4netns, or the host's. */
  readonly network: 'slirp4netns' | 'host';
  /** Namespace id 0 is `uid` on the host, 1.. are `subUid`..; as many as `count`. */
  readonly ids: {
    readonly uid: number;
    readonly gid: number;
    readonly subUid: number;
    readonly subGid: number;
    readonly count: number;
  };
  /** What was chosen and why, one line each. */
  readonly notes: readonly string[];
}

export interface NamespaceOptions {
  readonly network: NetworkMode | 'host';
  readonly limits?: Limits;
  readonly signal?: AbortSignal | undefined;
}

/** A user, mount, PID, IPC, UTS, cgroup and (unless `host`) network namespace. */
export interface Namespace {
  /** Runs a host program as the namespace's root with all its capabilities: only for programs that we trust. */
  exec(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Runs a program in a container of its own inside the namespace: seven capabilities, seccomp, own PID 1. */
  contain(container: Container, options?: RunOptions): Promise<RunResult>;
  /** Times that the memory limit killed something so far. */
  outOfMemoryKills(): Promise<number>;
  /** Kills all that runs in it; its mounts vanish. */
  close(): Promise<void>;
}

export interface Container {
  /** Root file system: a folder, or the host's own programs, read-only (for tar and the like on hostile content). */
  readonly root: { readonly path: string } | 'host-tools';
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly user?: { readonly uid: number; readonly gid: number; readonly groups?: readonly number[] };
  readonly mounts?: readonly Mount[];
  readonly hostname?: string;
}

/** A bind of a path as the namespace sees it, or an empty tmpfs. */
export interface Mount {
  readonly source: string | 'tmpfs';
  readonly target: string;
  readonly readonly?: boolean;
  /** tmpfs only: octal. */
  readonly mode?: string;
}
