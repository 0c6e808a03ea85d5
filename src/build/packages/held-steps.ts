import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComponentOutcome, ComponentWork, FailureScene } from '../../engine/types.ts';
import type { PlanStep } from '../../model/plan.ts';
import type { Tree } from '../../model/tree.ts';
import type { BuildMachine, Machine } from '../../platforms/types.ts';
import { GildError, toGildError } from '../../support/errors.ts';
import { packageName } from '../../support/packages/package-name.ts';
import type { ImageJob } from '../image-job.ts';
import { hasRun } from './apt-folders.ts';
import { watchDpkg } from './dpkg-log.ts';
import { type HeldRepository, makeHeldRepository } from './held-repository.ts';
import { type LockedPackages, lockedPackages } from './locked-packages.ts';
import { askedInVain, failedWhileHeld, notHeld } from './not-held.ts';
import type { PackageStore } from './package-store.ts';

/** The steps of a run that are held to the packages of the lock file. */
export interface HeldSteps {
  /** Undefined where it is free, or came to be. */
  heldTo(step: PlanStep): LockedPackages | undefined;
  /**
   * Brings in what a step is held to; false where it is not. Where something of it cannot be had, the step is free from then
   * on; of a frozen build, that is the end: throws `PACKAGES_NOT_HELD`.
   */
  prepare(step: PlanStep, tree: Tree): Promise<boolean>;
  repository(step: string): HeldRepository | undefined;
  /** Runs a held step, and fails it where something else came than what it is held to. */
  during(work: ComponentWork<BuildMachine>, run: () => Promise<ComponentOutcome>): Promise<ComponentOutcome>;
  /** Whether a step that failed is free now. */
  release(scene: Pick<FailureScene, 'step' | 'failure'>): Promise<boolean>;
  /** Steps that failed with the packages that they were held to. */
  readonly unrepeatable: ReadonlySet<string>;
}

interface Held {
  readonly locked: LockedPackages;
  readonly repository: HeldRepository;
}

export function heldSteps(
  { workshop, planned, options, hooks, remote }: ImageJob,
  { store, scratch }: { readonly store: PackageStore; readonly scratch: () => Promise<string> },
): HeldSteps {
  const { emit, signal } = hooks;
  const held = new Map<string, Held>();
  const free = new Set<string>();
  const unrepeatable = new Set<string>();
  let count = 0;
  const heldTo = (step: PlanStep) => (free.has(step.name) ? undefined : lockedPackages(planned, step));
  return {
    heldTo,
    unrepeatable,
    repository: (step) => held.get(step)?.repository,
    prepare: async (step, tree) => {
      const locked = heldTo(step);
      if (!locked) return false;
      const folder = join(await scratch(), `held-${count++}`);
      await mkdir(folder);
      const note = (line: string) =>
        emit({ type: 'step.output', step: step.name, stream: 'note', lines: [line] });
      const image = planned.plan.image.name;
      const scope = { step: step.name, image, tree, workshop, store, remote, note, signal };
      try {
        const repository = await makeHeldRepository({ packages: locked.packages, folder, ...scope });
        held.set(step.name, { locked, repository });
        return true;
      } catch (error) {
        if (options.frozen || !(error instanceof GildError) || error.code !== 'PACKAGES_NOT_HELD')
          throw error;
        free.add(step.name);
        warn(step.name, error.message);
        return false;
      }
    },
    during: async ({ step, machine }, run) => {
      const { locked, repository } = held.get(step.name) as Held;
      const unpacked = await watchDpkg(machine);
      try {
        await repository.open(machine);
      } catch (error) {
        signal.throwIfAborted();
        return failed(toGildError(error));
      }
      const outcome = await run();
      if (!(await hasRun(repository.folders))) return outcome;
      if (outcome.failure) return { ...outcome, failure: failedWhileHeld(outcome.failure) };
      await touchTemporary(machine);
      const came = await unpacked();
      const known = new Set(locked.packages.map(packageName));
      const others = came.map(packageName).filter((name) => !known.has(name));
      if (others.length > 0)
        return failed(
          notHeld(`${step.name} installed what the lock file does not have: ${others.join(', ')}.`),
        );
      return { ...outcome, outside: { ...outcome.outside, unpacked: came, heldTo: locked.digest } };
    },
    release: async ({ step, failure }) => {
      const { repository } = held.get(step) ?? {};
      if (!repository || options.frozen) return false;
      if (failure.code !== 'PACKAGES_NOT_HELD' && !(await hasRun(repository.folders))) return false;
      held.delete(step);
      free.add(step);
      unrepeatable.add(step);
      const missing = askedInVain(failure);
      const why = missing === undefined ? failure.message : `${missing} is not among them.`;
      warn(step, `${step} failed with the packages that the lock file has for it: ${why}`);
      return true;
    },
  };

  function warn(step: string, why: string): void {
    const message = `${why} It runs with what the archives have now.`;
    emit({ type: 'warning', code: 'PACKAGES_NOT_HELD', message, step });
  }
}

/** As apt does where it checks a signature: the folder is in the layer of such a step. */
async function touchTemporary(machine: Machine): Promise<void> {
  const script = 'made=$(mktemp -d /tmp/held.XXXXXX) && rmdir "$made"';
  await machine.run({ argv: [...machine.toolbox, 'sh', '-c', script] });
}

function failed({ code, message, hint }: GildError): ComponentOutcome {
  return { status: 'failed', failure: { code, message, ...(hint && { hint }) } };
}
