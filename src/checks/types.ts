import type { z } from 'zod';
import type { ContainerConfig } from '../model/buildspec.ts';
import type { Machine } from '../platforms/types.ts';
import type { VirtualMachine } from '../vm/types.ts';

/** One kind of test that a recipe can ask for. */
export interface Check {
  readonly type: string;
  /** One line for the recipe reference. */
  readonly summary: string;
  /** `disk`: only a virtual machine can carry it out. */
  readonly needs: 'container' | 'disk';
  /** Of what needs a disk: it is proven with one way to boot it, and not again with each. */
  readonly once?: boolean;
  /** Of the options beside `name` and `type` in the recipe, with defaults and descriptions. */
  readonly schema: z.ZodObject;
  /** Whether the image's own entry point must be running meanwhile (`port`, `http`). */
  readonly needsMainProcess: boolean;
  run(options: Readonly<Record<string, unknown>>, context: CheckContext): Promise<Finding>;
}

export interface CheckContext {
  /** Fresh, started from the finished artifact. */
  readonly machine: Machine;
  /** What `machine` runs in, where the artifact is a disk. */
  readonly vm?: VirtualMachine | undefined;
  /** One more machine of the same disk, which runs beside this one. Throws `BOOT_FAILED`. */
  readonly another?: (() => Promise<Machine>) | undefined;
  readonly config: ContainerConfig;
  readonly signal?: AbortSignal | undefined;
}

export interface Finding {
  readonly status: 'passed' | 'failed' | 'blocked';
  /** One line: what was expected and what was found. */
  readonly message: string;
  readonly output?: string;
  /** Path of a PNG of the machine's display. */
  readonly screenshot?: string;
}
