import type { FailureAnswer, FailureScene } from '../engine/types.ts';
import type { Layer } from '../model/tree.ts';
import type { Machine } from '../platforms/types.ts';
import type { Hooks, OnError } from './types.ts';

export interface FailureDeps {
  readonly onError: OnError;
  readonly hooks: Hooks;
  /** Records the state at the failure, so that `gild shell <run>` can start from it. */
  readonly keep: (scene: FailureScene) => Promise<void>;
}

/** What happens to the machine of a failed step, by `--on-error`. */
export async function settleFailure(scene: FailureScene, deps: FailureDeps): Promise<FailureAnswer> {
  const way = deps.onError === 'ask' ? await askWay(scene, deps.hooks) : deps.onError;
  if (way === 'retry') return 'retry';
  if (way === 'keep') await deps.keep(scene);
  if (way === 'shell') await openShell(scene.machine, deps.hooks);
  if (way === 'shell' && deps.onError === 'ask') return settleFailure(scene, deps);
  return 'stop';
}

/** An interactive shell in a machine: the image's own if it has one. */
export async function openShell(machine: Machine, hooks: Pick<Hooks, 'interact' | 'signal'>): Promise<void> {
  const shell = await findShell(machine);
  await hooks.interact(async () => {
    await machine.run({
      argv: shell,
      env: { TERM: process.env.TERM ?? 'dumb' },
      terminal: true,
      signal: hooks.signal,
    });
  });
}

/** What a kept failure stands on: the tree before the step and what the step had changed. */
export async function captureScene(scene: FailureScene, epoch: number): Promise<readonly Layer[]> {
  const changes = await scene.machine.capture({ epoch, createdBy: `${scene.step}, failed` });
  return [...scene.tree.layers, changes];
}

async function findShell(machine: Machine): Promise<readonly string[]> {
  for (const shell of ['/bin/bash', '/bin/sh']) {
    const { exitCode } = await machine.run({ argv: [shell, '-c', 'exit 0'] });
    if (exitCode === 0) return [shell];
  }
  return [...machine.toolbox, 'sh'];
}

async function askWay(scene: FailureScene, hooks: Hooks): Promise<OnError | 'retry'> {
  const answer = await hooks.ask(`${scene.step} failed. What now?`, ['cleanup', 'keep', 'shell', 'retry']);
  return answer as OnError | 'retry';
}
