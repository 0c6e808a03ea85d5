import type { Artifact, Verdict } from './artifact.ts';
import type { ContainerConfig } from './buildspec.ts';
import type { Digest } from './digest.ts';
import type { Layer } from './tree.ts';

/** A versioned record, written whole or not at all. */
export interface Image {
  readonly name: string;
  /** `1.0.0` */
  readonly version: string;
  /** Counts from 1 for each name and version. */
  readonly build: number;
  readonly state: ImageState;
  readonly description: string;
  readonly architecture: string;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  readonly runId: string;
  readonly planId: Digest;
  readonly base: { readonly reference: string; readonly digest: Digest };
  /** Gild images that this one was made from, nearest first. */
  readonly parents: readonly string[];
  readonly layers: readonly Layer[];
  readonly config: ContainerConfig;
  readonly epoch: number;
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly digest: Digest;
  }[];
  readonly packages: readonly Package[];
  readonly artifacts: readonly Artifact[];
  /** What its disks keep of what the clean-up takes out, by names of its list; absent where that is nothing. */
  readonly keeps?: readonly string[];
  readonly verdicts: readonly Verdict[];
}

/** Only `available` images can be a base or be exported without being asked twice. */
export type ImageState = 'available' | 'test-failed';

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}
