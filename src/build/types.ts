import type { CacheMode } from '../cache/types.ts';
import type { Artifact, Verdict } from '../model/artifact.ts';
import type { BuildSpec } from '../model/buildspec.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Emit } from '../model/events.ts';
import type { Image } from '../model/image.ts';
import type { Lock } from '../model/lock.ts';
import type { Plan } from '../model/plan.ts';
import type { Locked } from './lock/locked.ts';

/** What a face asks for. */
export interface RecipeOptions {
  /** A recipe file, or a folder that holds one. */
  readonly recipe: string;
  readonly vars: Readonly<Record<string, string>>;
  readonly varFiles: readonly string[];
}

export interface BuildOptions extends RecipeOptions {
  /** The lock file has to be there and to fit. */
  readonly frozen?: boolean;
  readonly onError: OnError;
  /** Pause after every step of every component. */
  readonly debug: boolean;
  /** Everything that was made before is used again when absent. */
  readonly cache?: CacheMode;
  /** Places that other hosts share what they made in: `ghcr.io/me/cache`, `type=local,src=./cache`. */
  readonly cacheFrom?: readonly string[];
  /** Places that get what this build used and made. */
  readonly cacheTo?: readonly string[];
  /** File with the key that signs what this build shares. */
  readonly cacheSignKey?: string | undefined;
  /** File with the public keys of those whose results are used; everybody's are when absent. */
  readonly cacheTrust?: string | undefined;
}

/** `keep` records the state at the failure, for `gild shell <run>`. */
export type OnError = 'cleanup' | 'keep' | 'ask' | 'shell';

/** What a face gives: where events go, when to stop, and a person to ask. */
export interface Hooks {
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** One of `choices`; a face without a person answers with the first. */
  ask(question: string, choices: readonly string[]): Promise<string>;
  /** Runs `job` with the terminal to itself. */
  interact(job: () => Promise<void>): Promise<void>;
}

export interface ValidRecipe {
  readonly spec: BuildSpec;
  /** Odd but not wrong: each with position and frame. */
  readonly warnings: readonly Diagnostic[];
  /** Values that no log, plan or record may show. */
  readonly sensitive: readonly string[];
}

export interface PlannedBuild extends ValidRecipe {
  /** Absent where no recipe stands behind it. */
  readonly locked?: Locked;
  readonly lock: Lock;
  readonly plan: Plan;
}

export interface BuildOutcome {
  readonly runId: string;
  readonly status: 'success' | 'tests-failed';
  readonly image: Image;
  readonly artifacts: readonly Artifact[];
  readonly verdicts: readonly Verdict[];
}
