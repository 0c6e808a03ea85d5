import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Limits } from '../model/buildspec.ts';
import { allOf } from '../support/all-of.ts';
import { createDisposer } from '../support/disposer.ts';
import { GildError } from '../support/errors.ts';
import { type RunOptions, runProcess } from '../support/process.ts';
import { arrange } from './arrange.ts';
import { type CgroupLayout, makeCgroup } from './cgroups.ts';
import { startHolder } from './holder.ts';
import type { IdRange } from './ids.ts';
import { createOutputPipes } from './launch.ts';
import type { Lease } from './lease.ts';
import {
  allowLowPorts,
  connectNetwork,
  type Network,
  provideResolver,
  refuseMetadata,
  slirpResolver,
  startLoopback,
} from './network.ts';
import { runContainer } from './runtime.ts';
import type { Namespace, NamespaceOptions } from './types.ts';

export interface NamespaceContext {
  readonly home: string;
  readonly ids: IdRange;
  readonly lease: Lease;
  readonly runtime: 'crun' | 'runc';
  readonly network: 'slirp4netns' | 'host';
  readonly cgroups: CgroupLayout;
  readonly seccompProgram?: string | undefined;
}

/** A fork bomb must not fill the host's process table, whoever forgot to ask for a limit. */
const defaultPids = 4096;

export async function openNamespace(
  context: NamespaceContext,
  options: NamespaceOptions,
): Promise<Namespace> {
  options.signal?.throwIfAborted();
  const disposer = createDisposer();
  let closed: Promise<void> | undefined;
  const close = () => {
    options.signal?.removeEventListener('abort', closeQuietly);
    closed ??= disposer.dispose();
    return closed;
  };
  const closeQuietly = () => void close().catch(() => undefined);
  try {
    const folder = context.lease.reserve('namespace');
    mkdirSync(folder, { mode: 0o711 });
    disposer.add(() => rmSync(folder, { recursive: true, force: true }));
    const limits: Limits = { pids: defaultPids, ...options.limits };
    const cgroup = makeCgroup(context.cgroups, limits, context.lease);
    disposer.add(() => cgroup.remove());
    const shared = options.network === 'host' || (options.network === 'on' && context.network === 'host');
    const holder = await startHolder({ ...context, ownNetwork: !shared });
    let network: Network | undefined;
    disposer.add(() => allOf([holder.close(), ...(network ? [network.close()] : [])]));
    const connect = async () => {
      network = await connectNetwork(holder, context.lease);
    };
    const isOnline = options.network === 'on' && !shared;
    await allOf([
      arrange(holder, {
        home: context.home,
        hideCgroups: context.runtime === 'crun',
        commands: [
          ...(isOnline || options.network === 'loopback' ? [startLoopback, allowLowPorts] : []),
          ...(isOnline ? [refuseMetadata, ...provideResolver(writeResolver(folder))] : []),
        ],
      }),
      ...(isOnline ? [connect()] : []),
    ]);
    options.signal?.throwIfAborted();
    options.signal?.addEventListener('abort', closeQuietly, { once: true });
    const pipes = createOutputPipes(join(folder, 'pipes'));
    const runtime = { ...context, holder, folder, pipes, joinFiles: cgroup.joinFiles };
    return {
      exec: (argv, runOptions: RunOptions = {}) => {
        assertOpen(closed, options.signal);
        const { cwd, ...rest } = runOptions;
        return runProcess(holder.enter(argv, cwd), rest);
      },
      contain: (container, runOptions) => {
        assertOpen(closed, options.signal);
        return runContainer(runtime, container, runOptions);
      },
      outOfMemoryKills: async () => cgroup.outOfMemoryKills(),
      close,
    };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

function writeResolver(folder: string): string {
  const file = join(folder, 'resolv.conf');
  writeFileSync(file, slirpResolver);
  return file;
}

function assertOpen(closed: Promise<void> | undefined, signal: AbortSignal | undefined): void {
  signal?.throwIfAborted();
  if (closed) throw new GildError({ code: 'BUG', message: 'The namespace is closed.' });
}
