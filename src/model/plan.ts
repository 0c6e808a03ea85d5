import type {
  BaseSpec,
  ContainerConfig,
  FileSpec,
  Limits,
  NetworkMode,
  OutputSpec,
  TestSpec,
} from './buildspec.ts';
import type { ReusePolicy } from './cache.ts';
import type { ComponentDocument } from './component.ts';
import type { Digest } from './digest.ts';
import type { DiskSpec } from './disk.ts';
import type { LockedBase } from './lock.ts';

/** BuildSpec + Lock, frozen. Equal inputs give equal bytes: no clock, no network, no disk. */
export interface Plan {
  readonly id: Digest;
  readonly image: { readonly name: string; readonly version: string; readonly description: string };
  readonly architecture: string;
  readonly platform: string;
  readonly epoch: number;
  readonly network: NetworkMode;
  readonly limits: Limits;
  readonly disk: DiskSpec;
  readonly secrets: readonly string[];
  readonly config: ContainerConfig;
  /** In the order they run. */
  readonly steps: readonly PlanStep[];
  readonly outputs: readonly PlannedOutput[];
  readonly checks: readonly PlannedCheck[];
}

/** `id` is a hash over all that the step does, and not over what it stands on: that is known when it is there. */
export type PlanStep = BaseStep | FilesStep | ComponentStep;

export interface BaseStep {
  readonly kind: 'base';
  readonly id: Digest;
  readonly name: string;
  readonly spec: BaseSpec;
  readonly locked: LockedBase;
}

export interface FilesStep {
  readonly kind: 'files';
  readonly id: Digest;
  readonly name: string;
  readonly files: readonly (FileSpec & { readonly digest: Digest })[];
}

export interface ComponentStep {
  readonly kind: 'component';
  readonly id: Digest;
  readonly name: string;
  readonly document: ComponentDocument;
  readonly parameters: Readonly<Record<string, string>>;
  /** Those of the document that run while building, in its order. */
  readonly phases: readonly string[];
  readonly facts?: Digest;
  /** Documents that it runs, directly or through others. */
  readonly nested?: readonly ComponentDocument[];
  /** What makes two runs of it differ: `context:date`. */
  readonly varies?: readonly string[];
  /** Of the recipe's `cache.epoch`. */
  readonly token?: string;
  readonly policy: ReusePolicy;
}

export interface PlannedOutput extends OutputSpec {
  readonly id: Digest;
}

/** Either a test of the recipe or the `test` phase of a component. */
export type PlannedCheck =
  | {
      readonly kind: 'test';
      readonly id: Digest;
      readonly name: string;
      readonly test: TestSpec;
      readonly token?: string;
      readonly policy: ReusePolicy;
    }
  | {
      readonly kind: 'component';
      readonly id: Digest;
      readonly name: string;
      readonly document: ComponentDocument;
      readonly parameters: Readonly<Record<string, string>>;
      readonly facts?: Digest;
      readonly nested?: readonly ComponentDocument[];
      readonly varies?: readonly string[];
      readonly token?: string;
      readonly policy: ReusePolicy;
    };
