import { chooseImage } from '../images/choose.ts';
import type { NetworkMode } from '../model/buildspec.ts';
import type { Layer } from '../model/tree.ts';
import { platforms } from '../platforms/index.ts';
import type { Command } from '../platforms/types.ts';
import { GildError } from '../support/errors.ts';
import { createRedactor } from '../support/redact.ts';
import { findStep } from './cache/cache-mode.ts';
import { isWhole, keptScene } from './cache/kept-scenes.ts';
import { openCache } from './cache/open-cache.ts';
import { openShell } from './failure.ts';
import { planIn } from './plan-in.ts';
import type { Hooks, RecipeOptions } from './types.ts';
import { withWorkshop } from './with-workshop.ts';
import { stepWork } from './work.ts';
import type { Workshop } from './workshop.ts';

export interface ShellOptions {
  /** An image, or a run whose failure was kept. */
  readonly target: string;
  /** The state of a recipe before one of its steps, instead of `target`. */
  readonly recipe?: (RecipeOptions & { readonly before: string }) | undefined;
  /** Runs this instead of an interactive shell. */
  readonly command: readonly string[];
  readonly network: NetworkMode;
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
}

/** Looks around in an image, or in what a failed step left behind; nothing that is changed there stays. */
export async function shellInto(
  options: ShellOptions,
  hooks: Pick<Hooks, 'signal' | 'interact'>,
): Promise<number> {
  return withWorkshop(hooks.signal, async (workshop) => {
    const { recipe, target } = options;
    const layers = recipe
      ? await layersBefore(recipe, workshop, hooks.signal)
      : await layersOf(target, workshop);
    const platform = await platforms.sandbox?.(workshop);
    if (!platform) throw new GildError({ code: 'BUG', message: 'The sandbox is not registered.' });
    const machine = await platform.start(
      { layers },
      { network: options.network, limits: {}, signal: hooks.signal },
    );
    workshop.disposer.add(() => machine.close());
    if (options.command.length > 0) return (await machine.run(asCommand(options, hooks.signal))).exitCode;
    await openShell(machine, hooks);
    return 0;
  });
}

async function layersOf(target: string, { host, records, trees }: Workshop): Promise<readonly Layer[]> {
  if (!/^\d{8}-\d/.test(target)) return (await chooseImage(records, target)).layers;
  const run = await records.findRun(target);
  const kept = await keptScene(host.home, run.id);
  if (kept && (await isWhole(kept, trees))) return kept;
  if (kept)
    throw new GildError({
      code: 'RUN_NOT_FOUND',
      message: `What was kept of the run ${run.id} has been removed since.`,
      hint: '`gild rm --unused` and `gild cache prune` do that. Build again with --on-error=keep.',
    });
  throw new GildError({
    code: 'RUN_NOT_FOUND',
    message: `Nothing was kept of the run ${run.id}.`,
    hint: 'Build again with --on-error=keep, or --on-error=shell to look at once.',
  });
}

/** As far as builds came; what is too old to be used again is good enough to be looked at. */
async function layersBefore(
  { before, ...options }: RecipeOptions & { readonly before: string },
  workshop: Workshop,
  signal: AbortSignal,
): Promise<readonly Layer[]> {
  const { plan, sensitive } = await planIn(workshop, options, { signal, emit: () => undefined });
  const end = findStep(before, plan);
  const redact = createRedactor(sensitive);
  const run = { id: '', image: plan.image.name };
  const cache = openCache(workshop, { run, emit: () => undefined, redact, signal });
  const layers: Layer[] = [];
  for (const step of plan.steps) {
    if (step.name === end) break;
    const found = await cache.lookUp({ ...stepWork(plan, step, { layers }), policy: { reuse: true } });
    if (found.outcome === 'miss') throw notMade(step.name, options.recipe, found.reason);
    layers.push(...(found.record.result.layers ?? []));
  }
  return layers;
}

function notMade(step: string, recipe: string, reason: string): GildError {
  return new GildError({
    code: 'RUN_NOT_FOUND',
    message: `No build of ${recipe} came as far: ${step} is still to be made (${reason}).`,
    hint: 'Build the recipe first; a build that fails later is enough.',
  });
}

function asCommand({ command, onStdout, onStderr }: ShellOptions, signal: AbortSignal): Command {
  return { argv: command, onStdout, onStderr, signal };
}
