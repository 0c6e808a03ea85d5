import { chooseImage } from '../images/choose.ts';
import type { NetworkMode } from '../model/buildspec.ts';
import type { Layer } from '../model/tree.ts';
import { platforms } from '../platforms/index.ts';
import type { Command } from '../platforms/types.ts';
import { GildError } from '../support/errors.ts';
import { openShell } from './failure.ts';
import { isWhole } from './for-later.ts';
import { keptScene } from './kept-scenes.ts';
import type { Hooks } from './types.ts';
import { withWorkshop } from './with-workshop.ts';
import type { Workshop } from './workshop.ts';

export interface ShellOptions {
  /** An image, or a run whose failure was kept. */
  readonly target: string;
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
    const layers = await layersOf(options.target, workshop);
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
      hint: '`gild rm --unused` does that. Build again with --on-error=keep.',
    });
  throw new GildError({
    code: 'RUN_NOT_FOUND',
    message: `Nothing was kept of the run ${run.id}.`,
    hint: 'Build again with --on-error=keep, or --on-error=shell to look at once.',
  });
}

function asCommand({ command, onStdout, onStderr }: ShellOptions, signal: AbortSignal): Command {
  return { argv: command, onStdout, onStderr, signal };
}
