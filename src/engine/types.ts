import type { Digest } from '../model/digest.ts';
import type { Emit, Failure } from '../model/events.ts';
import type { Package } from '../model/image.ts';
import type { LockedBase, LockedDownload } from '../model/lock.ts';
import type { ComponentStep, PlanStep } from '../model/plan.ts';
import type { Layer, Tree } from '../model/tree.ts';
import type { BuildMachine, Machine, MachineOptions, Platform } from '../platforms/types.ts';

/** All that the engine needs from outside; it knows no one by name. */
export interface EngineDeps {
  /** Asked for when a step has to run; the same each time. */
  readonly platform: () => Promise<Platform>;
  readonly fetchBase: (locked: LockedBase, note: (line: string) => void) => Promise<readonly Layer[]>;
  readonly runComponent: (work: ComponentWork<BuildMachine>) => Promise<ComponentOutcome>;
  /** What the same step on the same tree came to before, or what `make` makes now. */
  readonly reuse: (step: PlanStep, tree: Tree, make: () => Promise<StepLayers>) => Promise<ReusedLayers>;
  /** Names of the marker files that a step left; asked before its layer is made. */
  readonly findMarkers?: (machine: BuildMachine) => Promise<readonly string[]>;
  /** Sees each new layer before anything stands on it; what it throws fails the step. */
  readonly inspectLayer?: (layer: Layer) => Promise<void>;
  readonly secrets: ReadonlyMap<string, string>;
  /** What the machine of a step has beside its tree; asked with the tree of each. */
  readonly surroundings: (step: PlanStep, tree: Tree) => Promise<Pick<MachineOptions, 'shared' | 'env'>>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** Asked when a step failed, with the machine still there; the machine is closed after this answers. */
  readonly onFailure: (scene: FailureScene) => Promise<FailureAnswer>;
}

export interface StepLayers {
  readonly layers: readonly Layer[];
  /** What the step fetched; absent where nobody looked. */
  readonly downloads?: readonly LockedDownload[];
  /** What its package manager unpacked; absent where none ran, or nobody looked. */
  readonly unpacked?: readonly Package[];
  /** Over the locked packages that it was held to; absent where it took what there was. */
  readonly heldTo?: Digest;
  /** Marker files that it left; absent where there are none. */
  readonly markers?: readonly string[];
}

/** What a component took from outside. */
export type Outside = Pick<StepLayers, 'downloads' | 'unpacked' | 'heldTo'>;

export interface ReusedLayers {
  readonly result: StepLayers;
  /** Set where nothing was made. */
  readonly from?: unknown;
}

export interface ComponentWork<M extends Machine = Machine> {
  readonly step: Pick<ComponentStep, 'name' | 'document' | 'parameters'>;
  readonly phases: readonly string[];
  readonly machine: M;
}

export interface ComponentOutcome {
  readonly status: 'success' | 'failed';
  readonly failure?: Failure;
  readonly outside?: Outside;
}

export interface FailureScene {
  readonly step: string;
  readonly failure: Failure;
  readonly machine: BuildMachine;
  /** What the machine was started from. */
  readonly tree: Tree;
}

/** `retry` runs the component again from the clean state before it. */
export type FailureAnswer = 'stop' | 'retry';
