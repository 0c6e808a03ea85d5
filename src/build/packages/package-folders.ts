import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComponentOutcome, ComponentWork, EngineDeps, FailureScene } from '../../engine/types.ts';
import { giveToNamespace } from '../../host/namespace-folder.ts';
import type { Package } from '../../model/image.ts';
import type { PlanStep } from '../../model/plan.ts';
import type { Tree } from '../../model/tree.ts';
import type { BuildMachine, SharedFolder } from '../../platforms/types.ts';
import { once } from '../../support/once.ts';
import type { ImageJob } from '../image-job.ts';
import { archivesWork } from '../work.ts';
import { forgetRuns, hasRun, inPlaceOfApts, makeAptFolders } from './apt-folders.ts';
import { watchDpkg } from './dpkg-log.ts';
import { harvestPackages } from './harvest-packages.ts';
import { type HeldSteps, heldSteps } from './held-steps.ts';
import type { LockedPackages } from './locked-packages.ts';
import { createPackageStore } from './package-store.ts';
import { systemOf } from './system-of.ts';

/** What package managers fetch in the components of a run. */
export interface PackageFolders extends Pick<HeldSteps, 'unrepeatable'> {
  /** What a step is held to. */
  heldTo(step: PlanStep): LockedPackages | undefined;
  /** Brings in what a step is held to, or what other hosts say that it installs, before its machine starts. */
  prepare(step: PlanStep, tree: Tree): Promise<void>;
  /** In the place of apt's folders: with what earlier builds have fetched, the same for all steps that are not held. */
  readonly surroundings: EngineDeps['surroundings'];
  /** Keeps for other builds what is new, and finds out what was unpacked. */
  during(work: ComponentWork<BuildMachine>, run: () => Promise<ComponentOutcome>): Promise<ComponentOutcome>;
  /** Whether the step is to run again, with what there is. */
  release(scene: Pick<FailureScene, 'step' | 'failure'>): Promise<boolean>;
}

/**
 * Folders for this run: the second component of a recipe asks only whether the indexes changed, and nothing of them
 * can end up in a layer.
 */
export function packageFolders(job: ImageJob): PackageFolders {
  const { workshop, planned, hooks, remote } = job;
  const { host, disposer } = workshop;
  const isOnline = planned.plan.network === 'on';
  const store = createPackageStore(host);
  const seen = new Set<string>();
  const scratch = once(async () => {
    const made = await host.scratch('packages');
    disposer.add(() => made.release());
    return made.path;
  });
  const open = once(async () => makeAptFolders(host, await scratch()));
  let shared: Promise<readonly SharedFolder[]> | undefined;
  const held = heldSteps(job, { store, scratch });
  return {
    unrepeatable: held.unrepeatable,
    heldTo: held.heldTo,
    release: held.release,
    surroundings: async (step, tree) => {
      const own = held.repository(step.name)?.surroundings;
      if (own) return own;
      shared ??= mount(tree);
      return { shared: await shared };
    },
    prepare: async (step, tree) => {
      if (await held.prepare(step, tree)) return;
      if (!remote || !isOnline || step.kind !== 'component') return;
      const system = await systemOf(tree, workshop);
      if (!system) return;
      const { archives } = await open();
      await remote.layArchives(archivesWork(step.name, planned.plan.image.name, system), {
        scratch: await scratch(),
        isKnown: ({ digest }) => store.has(digest.slice('sha256:'.length)),
        lay: async (path, { file }) => {
          await giveToNamespace(host, path);
          await rename(path, join(archives, file));
        },
      });
    },
    during: async (work, run) => {
      if (!isOnline) return run();
      const { name } = work.step;
      if (held.repository(name)) return held.during(work, run);
      const folders = await open();
      await forgetRuns(folders);
      const unpacked = await watchDpkg(work.machine);
      const outcome = await run();
      const isKnown = outcome.status === 'success' && (await hasRun(folders));
      const found = isKnown ? await unpacked() : undefined;
      await harvest(name, found ?? []);
      return { ...outcome, outside: { ...outcome.outside, ...(found && { unpacked: found }) } };
    },
  };

  async function harvest(step: string, unpacked: readonly Package[]): Promise<void> {
    const { archives, lists } = await open();
    const { signal, emit } = hooks;
    try {
      const own = { archives, lists, scratch: await scratch() };
      await harvestPackages({ ...own, store, host, seen, unpacked, signal });
    } catch (error) {
      signal.throwIfAborted();
      const problem = `The packages are not kept for other builds: ${(error as Error).message}`;
      emit({ type: 'step.output', step, stream: 'note', lines: [problem] });
    }
  }

  async function mount(tree: Tree): Promise<readonly SharedFolder[]> {
    const below = join(await scratch(), 'below');
    const known = isOnline && (await layBelow(below, tree));
    return inPlaceOfApts(await open(), known ? below : undefined);
  }

  async function layBelow(folder: string, tree: Tree): Promise<boolean> {
    if (await store.isEmpty()) return false;
    const system = await systemOf(tree, workshop);
    if (!system) return false;
    await mkdir(folder, { mode: 0o755 });
    return (await store.lay(folder, system)) > 0;
  }
}
