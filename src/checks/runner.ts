import type { Verdict } from '../model/artifact.ts';
import type { ContainerConfig } from '../model/buildspec.ts';
import type { Machine } from '../platforms/types.ts';
import { GildError } from '../support/errors.ts';
import type { CheckItem } from './check-item.ts';
import { failed, needsDisk, oneLine } from './findings.ts';
import { type MainProcess, startMainProcess } from './main-process.ts';
import type { Finding } from './types.ts';

export interface CheckRun {
  /** In the order in which they run. */
  readonly items: readonly CheckItem[];
  /** How the image is run, and with which environment. */
  readonly config: ContainerConfig;
  /** Starts a fresh machine from the finished artifact; it is closed when all is done. */
  readonly startMachine: () => Promise<Machine>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs all items on one fresh machine. The image's main process starts with the first item that needs it: those
 * before may start the same server themselves. A failure stops none of the others. Where nothing can run on a machine,
 * none is started.
 */
export async function* runChecks(run: CheckRun): AsyncGenerator<Verdict, void, undefined> {
  const { items, config, signal } = run;
  const runnable = items.filter(({ needs }) => needs === 'container');
  const machine = runnable.length > 0 ? await run.startMachine() : undefined;
  let main: MainProcess | undefined;
  try {
    for (const item of items) {
      if (machine && item.needsMainProcess) main ??= startMainProcess(machine, config, signal);
      const startedAt = performance.now();
      const finding =
        machine && item.needs === 'container'
          ? await examine(item, { machine, main, config, signal })
          : needsDisk(`a ${item.type} test`);
      const seconds = Math.round(performance.now() - startedAt) / 1000;
      yield { name: item.name, type: item.type, ...finding, message: oneLine(finding.message), seconds };
    }
    await main?.stop();
  } finally {
    await main?.stop().catch(() => undefined);
    await machine?.close();
  }
}

interface Surroundings {
  readonly machine: Machine;
  readonly main: MainProcess | undefined;
  readonly config: ContainerConfig;
  readonly signal: AbortSignal | undefined;
}

async function examine(item: CheckItem, { machine, main, config, signal }: Surroundings): Promise<Finding> {
  const needed = item.needsMainProcess ? main : undefined;
  const signals = [signal, needed?.ended].filter((each) => each !== undefined);
  try {
    return await item.run({ machine, config, signal: AbortSignal.any(signals) });
  } catch (error) {
    signal?.throwIfAborted();
    if (needed?.ended.aborted) return failed(needed.obituary(), needed.output());
    if (error instanceof GildError && error.kind === 'build') return failed(error.message);
    throw error;
  }
}
