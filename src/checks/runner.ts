import type { Verdict } from '../model/artifact.ts';
import type { ContainerConfig } from '../model/buildspec.ts';
import { isUnreachable } from '../platforms/unreachable.ts';
import { GildError } from '../support/errors.ts';
import type { CheckItem } from './check-item.ts';
import { failed, needsDisk, oneLine } from './findings.ts';
import { type MainProcess, startMainProcess } from './main-process.ts';
import type { CheckContext, Finding } from './types.ts';

export interface CheckRun {
  /** In the order in which they run. */
  readonly items: readonly CheckItem[];
  /** How the image is run, and with which environment. */
  readonly config: ContainerConfig;
  /** What the artifact is: a container has nothing that a `disk` item could look at. */
  readonly kind: CheckItem['needs'];
  /** Starts a fresh machine from the finished artifact; it is closed when all is done. */
  readonly start: () => Promise<Place | Down>;
  readonly signal?: AbortSignal | undefined;
}

/** Where tests run: a container, or a virtual machine. */
export interface Place extends Pick<CheckContext, 'machine' | 'vm' | 'another'> {
  /** Writes what its display shows to a PNG, whose path it returns. */
  readonly picture?: () => Promise<string | undefined>;
}

/** A machine that did not come up: what all tests on it come to. */
export interface Down {
  readonly finding: Finding;
}

/**
 * Runs all items on one fresh machine. The image's main process starts with the first item that needs it: those
 * before may start the same server themselves. A virtual machine has started its services by itself. A failure stops
 * none of the others; a machine that does not come up fails them all.
 */
export async function* runChecks(run: CheckRun): AsyncGenerator<Verdict, void, undefined> {
  const { items, config, signal } = run;
  const place = await start(run);
  let main: MainProcess | undefined;
  try {
    for (const item of items) {
      const inContainer = 'machine' in place && !place.vm;
      if (inContainer && item.needsMainProcess) main ??= startMainProcess(place.machine, config, signal);
      const startedAt = performance.now();
      const finding =
        'machine' in place ? await examine(item, { ...place, main, config, signal }) : place.finding;
      const seconds = Math.round(performance.now() - startedAt) / 1000;
      yield { name: item.name, type: item.type, ...finding, message: oneLine(finding.message), seconds };
    }
    await main?.stop();
  } finally {
    await main?.stop().catch(() => undefined);
    if ('machine' in place) await place.machine.close();
  }
}

async function start(run: CheckRun): Promise<Place | Down> {
  const [first] = run.items;
  if (run.kind === 'container' && first && run.items.every(({ needs }) => needs === 'disk'))
    return { finding: needsDisk(`a ${first.type} test`) };
  return run.start();
}

interface Surroundings extends Place {
  readonly main: MainProcess | undefined;
  readonly config: ContainerConfig;
  readonly signal: AbortSignal | undefined;
}

/** With a picture of the display where it did not pass. */
async function examine(item: CheckItem, surroundings: Surroundings): Promise<Finding> {
  const finding = await find(item, surroundings);
  const screenshot = finding.status === 'passed' ? undefined : await surroundings.picture?.();
  return screenshot === undefined ? finding : { ...finding, screenshot };
}

async function find(item: CheckItem, surroundings: Surroundings): Promise<Finding> {
  const { machine, vm, another, main, config, signal } = surroundings;
  if (item.needs === 'disk' && !vm) return needsDisk(`a ${item.type} test`);
  const needed = item.needsMainProcess ? main : undefined;
  const signals = [signal, needed?.ended].filter((each) => each !== undefined);
  try {
    return await item.run({ machine, vm, another, config, signal: AbortSignal.any(signals) });
  } catch (error) {
    signal?.throwIfAborted();
    if (needed?.ended.aborted) return failed(needed.obituary(), needed.output());
    if (isUnreachable(error)) return { status: 'blocked', message: (error as Error).message };
    if (error instanceof GildError && error.kind === 'build') return failed(error.message, error.hint);
    throw error;
  }
}
