import type { CacheSpec } from './cache.ts';
import type { DiskSpec } from './disk.ts';
import type { SourcePosition } from './position.ts';

/** What every recipe language is read into. Paths are absolute; all defaults are filled in. */
export interface BuildSpec {
  readonly name: string;
  /** `1.2.3`, or `1.2.x` for the next free number. */
  readonly version: string;
  readonly description: string;
  /** Name of a registered platform; `sandbox` by default. */
  readonly platform: string;
  readonly architecture: Architecture;
  readonly base: BaseSpec;
  /** Run in this order, each into a layer of its own. */
  readonly components: readonly ComponentSpec[];
  readonly files: readonly FileSpec[];
  readonly tests: readonly TestSpec[];
  readonly outputs: readonly OutputSpec[];
  readonly config: ContainerConfig;
  readonly secrets: readonly SecretSpec[];
  readonly network: NetworkMode;
  readonly limits: Limits;
  readonly disk: DiskSpec;
  /** Of components and tests, where they say nothing themselves; results are reused when absent. */
  readonly cache?: CacheSpec;
  /** Seconds since 1970 that no time stamp in the image exceeds; the base's date when absent. */
  readonly epoch?: number;
  /** The recipe's file and folder: relative paths were resolved against the folder. */
  readonly source: { readonly file: string; readonly directory: string };
}

/** Names as OCI and Debian write them. */
export type Architecture = 'amd64' | 'arm64';

/** `on`: own network with a way out; `loopback`: only `lo`; `off`: not even that. */
export type NetworkMode = 'on' | 'off' | 'loopback';

/** `kind` names a registered base; `options` is that base's own, already validated. */
export interface BaseSpec {
  readonly kind: string;
  /** As the user wrote it, for people: `debian:bookworm`. */
  readonly reference: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly at?: SourcePosition;
}

export interface ComponentSpec {
  readonly use: ComponentUse;
  /** Values for the document's parameters, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly cache?: CacheSpec;
  readonly at?: SourcePosition;
}

export type ComponentUse =
  | { readonly kind: 'named'; readonly name: string; readonly version: string }
  | { readonly kind: 'path'; readonly path: string }
  /** `document` is an AWSTOE document as plain data, made from the recipe's inline steps, which stand at `steps`. */
  | {
      readonly kind: 'inline';
      readonly name: string;
      readonly document: unknown;
      readonly steps: readonly SourcePosition[];
    };

export interface FileSpec {
  /** A file or folder on the host, or the text itself. */
  readonly from:
    | { readonly kind: 'path'; readonly path: string }
    | { readonly kind: 'text'; readonly text: string };
  /** Absolute path in the image. */
  readonly to: string;
  /** User and group by name or number, `root` when absent. */
  readonly owner: string;
  readonly group: string;
  /** Permission bits; kept from the host when absent. */
  readonly mode?: number;
  readonly at?: SourcePosition;
}

/** `type` names a registered check; `options` is that check's own, already validated. */
export interface TestSpec {
  readonly name: string;
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly at?: SourcePosition;
}

/** `type` names a registered output; `options` is that output's own, already validated. */
export interface OutputSpec {
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly at?: SourcePosition;
}

/** What a container runtime does with the image when nobody says otherwise. */
export interface ContainerConfig {
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workingDir: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  /** `80/tcp` */
  readonly ports: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** The value is read when a run starts, and is only ever a file `/run/secrets/<id>` on a tmpfs. */
export interface SecretSpec {
  readonly id: string;
  readonly from:
    | { readonly kind: 'env'; readonly name: string }
    | { readonly kind: 'file'; readonly path: string };
  readonly at?: SourcePosition;
}

export interface Limits {
  /** Bytes. */
  readonly memory?: number;
  readonly cpus?: number;
  readonly pids?: number;
}
