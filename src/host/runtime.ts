import { chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { GildError } from '../support/errors.ts';
import { type RunOptions, type RunResult, runProcess } from '../support/process.ts';
import { containerConfig } from './container-config.ts';
import type { Holder } from './holder.ts';
import { hostToolsRoot } from './host-tools-root.ts';
import type { IdRange } from './ids.ts';
import { launchCommand, type OutputPipes } from './launch.ts';
import type { Container } from './types.ts';

export interface RuntimeContext {
  readonly holder: Holder;
  readonly runtime: 'crun' | 'runc';
  readonly ids: IdRange;
  /** For bundles; the namespace can reach it. */
  readonly folder: string;
  readonly pipes: OutputPipes;
  /** Of the cgroup that the container's processes join. */
  readonly joinFiles: readonly string[];
  readonly seccompProgram?: string | undefined;
}

let containers = 0;

/**
 * Runs a container to its end. On abort and on time-out its PID 1 is killed, and with it everything in it; only when
 * that is gone does this return, or throw the abort's reason.
 */
export async function runContainer(
  context: RuntimeContext,
  container: Container,
  options: RunOptions = {},
): Promise<RunResult> {
  options.signal?.throwIfAborted();
  const id = `c${++containers}`;
  const bundle = writeBundle(context, id, container, options.terminal === true);
  const command = runtimeCommand(context.runtime);
  const ended = new AbortController();
  const giveUp = new AbortController();
  let timedOut = false;
  const stop = () => void killContainer(context, id, ended.signal).then(() => giveUp.abort());
  const onTime = () => {
    timedOut = true;
    stop();
  };
  const timer = options.timeoutMs === undefined ? undefined : setTimeout(onTime, options.timeoutMs);
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    const { env, cwd, timeoutMs, ...streams } = options;
    const run = [...command, '--log', join(bundle, 'log'), 'run', '--no-new-keyring', '--bundle', bundle, id];
    const bulk = container.root === 'host-tools' && (options.readStdout ?? options.takeStdout) !== undefined;
    const relayed = options.terminal !== true && !bulk;
    const pipes = relayed ? context.pipes.take() : undefined;
    const launch = launchCommand({ joinFiles: context.joinFiles, pipes });
    const argv = [...launch, ...context.holder.enter(run)];
    const { exitCode } = await runProcess(argv, { ...streams, signal: giveUp.signal });
    ended.abort();
    if (pipes) context.pipes.giveBack(pipes);
    options.signal?.throwIfAborted();
    if (exitCode > 128) await removeContainer(context, id);
    return { exitCode: exitCode === 0 ? 0 : meaningOf(exitCode, bundle), timedOut };
  } catch (error) {
    ended.abort();
    if (giveUp.signal.aborted) await removeContainer(context, id);
    options.signal?.throwIfAborted();
    if (giveUp.signal.aborted) return { exitCode: 137, timedOut };
    throw error;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', stop);
    rmSync(bundle, { recursive: true, force: true });
  }
}

function writeBundle(context: RuntimeContext, id: string, container: Container, terminal: boolean): string {
  const bundle = join(context.folder, id);
  mkdirSync(bundle, { mode: 0o711 });
  const rootfs = container.root === 'host-tools' ? hostToolsRoot(bundle, context.ids) : undefined;
  const whole = rootfs
    ? { ...container, mounts: [...rootfs.mounts, ...(container.mounts ?? [])] }
    : container;
  const path = rootfs?.path ?? (container.root as { path: string }).path;
  writeFileSync(
    join(bundle, 'config.json'),
    JSON.stringify(containerConfig(whole, path, { terminal, seccompProgram: context.seccompProgram })),
    { mode: 0o644 },
  );
  writeFileSync(join(bundle, 'log'), '');
  if (!context.ids.rootless) {
    chownSync(bundle, context.ids.uid, context.ids.gid);
    chownSync(join(bundle, 'log'), context.ids.uid, context.ids.gid);
  }
  return bundle;
}

/** Runtime state is on the holder's own `/run`: it goes with the namespace. */
function runtimeCommand(runtime: 'crun' | 'runc'): string[] {
  const state = ['--root', '/run/gild'];
  return runtime === 'crun' ? ['crun', '--cgroup-manager=disabled', ...state] : ['runc', ...state];
}

/** Two seconds' worth on a host with little else to do. */
const mostKills = 30;

/** The container may not exist yet: tries until the runtime has ended, or so often that it never will. */
async function killContainer(context: RuntimeContext, id: string, ended: AbortSignal): Promise<void> {
  const kill = context.holder.enter([...runtimeCommand(context.runtime), 'kill', id, 'KILL']);
  for (let tries = 0; tries < mostKills && !ended.aborted; tries++) {
    await runProcess(kill).catch(() => undefined);
    await delay(20, undefined, { signal: ended }).catch(() => undefined);
  }
}

/** Where the runtime itself was killed (out of memory, or by us), the container may still be there. */
async function removeContainer(context: RuntimeContext, id: string): Promise<void> {
  const remove = [...runtimeCommand(context.runtime), 'delete', '--force', id];
  await runProcess(context.holder.enter(remove)).catch(() => undefined);
}

/** Tells an exit code of the program from a container that never started. */
function meaningOf(exitCode: number, bundle: string): number {
  const log = readFileSync(join(bundle, 'log'), 'utf8').trim();
  if (log === '' || exitCode > 128) return exitCode;
  if (/executable file|exec[: `].*no such file|no such file.*exec/i.test(log)) return 127;
  if (/exec.*permission denied|permission denied.*exec|exec format error/i.test(log)) return 126;
  throw new GildError({
    code: 'HOST_UNSUPPORTED',
    message: `A container could not be started: ${log.split('\n').at(-1)}`,
  });
}
