import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { GildError, toGildError } from '../support/errors.ts';
import { output } from '../support/process.ts';
import { arrange } from './arrange.ts';
import { probeCgroups } from './cgroups.ts';
import { startHolder } from './holder.ts';
import type { IdRange } from './ids.ts';
import { runInTurn } from './in-turn.ts';
import type { Lease } from './lease.ts';
import { type NamespaceContext, openNamespace } from './namespace.ts';
import { connectNetwork, refuseMetadata } from './network.ts';
import { findProgram, requirePrograms } from './programs.ts';
import type { HostFacts, Namespace } from './types.ts';

export interface ProbedHost {
  readonly facts: HostFacts;
  readonly cgroups: NamespaceContext['cgroups'];
  /** The system call filter as the kernel takes it, base64: making it anew costs as much as a container. */
  readonly seccompProgram?: string;
}

export interface ProbeContext {
  readonly home: string;
  readonly ids: IdRange;
  readonly lease: Lease;
}

/** Finds out by doing it: a namespace, an overlay, a container, a cgroup, a network. Takes about half a second. */
export async function probeHost(context: ProbeContext): Promise<ProbedHost> {
  const { ids } = context;
  requirePrograms(ids.rootless);
  const cgroups = probeCgroups(context.lease);
  await tryOverlay(context);
  const runtime = await chooseRuntime({ ...context, cgroups, network: 'host' });
  const network = await tryNetwork(context, runtime.name);
  const limits = (['memory', 'pids', 'cpu'] as const).filter((controller) => cgroups.parents[controller]);
  const missing = (['memory', 'pids', 'cpu'] as const).filter((controller) => !cgroups.parents[controller]);
  const notes = [
    ids.rootless
      ? `rootless: the sandbox's root is uid ${ids.uid}, others are ${ids.subUid}-${ids.subUid + ids.count - 1}`
      : `user namespace: the sandbox's root is uid ${ids.uid} on the host`,
    'overlay: the kernel mounts it inside the user namespace',
    ...runtime.notes,
    `cgroups: ${cgroups.kind}; ${limits.length > 0 ? `enforced: ${limits.join(', ')}` : 'no cgroup can be made here'}`,
    ...(missing.length > 0 ? [`NOT enforced here: limits of ${missing.join(', ')}`] : []),
    ...network.notes,
  ];
  const { rootless, ...range } = ids;
  return {
    facts: {
      rootless,
      runtime: runtime.name,
      runtimeVersion: runtime.version,
      cgroup: cgroups.kind,
      limits,
      network: network.kind,
      ids: range,
      notes,
    },
    cgroups,
    ...(runtime.seccompProgram ? { seccompProgram: runtime.seccompProgram } : {}),
  };
}

/** Deleting through an overlay makes whiteouts and opaque folders, which not every kernel allows in a namespace. */
async function tryOverlay(context: ProbeContext): Promise<void> {
  const folder = context.lease.reserve('probe');
  const holder = await startHolder({ ...context, ownNetwork: false });
  try {
    await arrange(holder, { ...context, hideCgroups: false });
    mkdirSync(folder, { mode: 0o711 });
    for (const name of ['lower', 'lower/folder', 'upper', 'work', 'merged']) {
      mkdirSync(join(folder, name));
      if (!context.ids.rootless) chownSync(join(folder, name), context.ids.uid, context.ids.gid);
    }
    writeFileSync(join(folder, 'lower/folder/file'), '');
    const options = 'userxattr,lowerdir=lower,upperdir=upper,workdir=work';
    const commands = [
      ['mount', '-t', 'overlay', '-o', options, 'overlay', 'merged'],
      ['rm', 'merged/folder/file'],
      ['rmdir', 'merged/folder'],
      ['mkdir', 'merged/folder'],
      ['umount', 'merged'],
      ['rm', '-rf', 'work/work'],
    ];
    const ofBusybox = commands.map((argv) => ['busybox', ...argv]);
    await runInTurn(ofBusybox, (argv) => holder.enter(argv, folder));
  } catch (error) {
    throw new GildError({
      code: 'HOST_UNSUPPORTED',
      message: `The kernel's overlay file system does not work in a user namespace here: ${toGildError(error).message}`,
      hint: `It needs Linux 5.11, and ${context.home} on a file system with user attributes such as ext4, xfs or btrfs (not on an overlay itself): set GILD_HOME.`,
      cause: error,
    });
  } finally {
    await holder.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface ChosenRuntime {
  readonly name: 'crun' | 'runc';
  readonly version: string;
  readonly notes: readonly string[];
  readonly seccompProgram?: string;
}

async function chooseRuntime(context: Omit<NamespaceContext, 'runtime'>): Promise<ChosenRuntime> {
  const failures: string[] = [];
  for (const name of ['crun', 'runc'] as const) {
    if (!findProgram(name)) {
      failures.push(`${name} is not installed`);
      continue;
    }
    try {
      const seccompProgram = await tryContainer({ ...context, runtime: name });
      const version = /version (\S+)/.exec(await output([name, '--version']))?.[1] ?? 'unknown';
      return {
        name,
        version,
        notes: [`runtime: ${name} ${version}${failures.length > 0 ? ` (${failures.join('; ')})` : ''}`],
        ...(seccompProgram ? { seccompProgram } : {}),
      };
    } catch (error) {
      failures.push(`${name}: ${toGildError(error).message}`);
    }
  }
  throw new GildError({
    code: 'HOST_UNSUPPORTED',
    message: `No container can be started here: ${failures.join('; ')}`,
    hint: 'In a container, /proc must not be masked (`--security-opt systempaths=unconfined`), or use a virtual machine.',
  });
}

/** Starts one that waits; while it runs, crun keeps the compiled filter beside its state. */
async function tryContainer(context: NamespaceContext): Promise<string | undefined> {
  const namespace = await openNamespace(context, { network: 'off' });
  const stdin = new PassThrough();
  try {
    const said: Buffer[] = [];
    const started = Promise.withResolvers<void>();
    const container = {
      root: 'host-tools',
      argv: ['busybox', 'sh', '-c', 'echo up; read _'],
      env: { PATH: '/bin:/usr/bin' },
    } as const;
    const ended = namespace.contain(container, {
      stdin,
      onStdout: () => started.resolve(),
      onStderr: (chunk) => said.push(chunk),
      timeoutMs: 20_000,
    });
    const exited = ended.then(({ exitCode }) => {
      throw new Error(`exit ${exitCode} ${Buffer.concat(said).toString().trim()}`);
    });
    exited.catch(() => undefined);
    await Promise.race([started.promise, exited]);
    return await readFilter(namespace);
  } finally {
    stdin.end();
    await namespace.close();
  }
}

async function readFilter(namespace: Namespace): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  const find = ['find', '/run/gild', '-name', 'seccomp.bpf', '-exec', 'base64', '-w0', '{}', ';'];
  await namespace.exec(find, { onStdout: (chunk) => chunks.push(chunk) });
  const program = Buffer.concat(chunks).toString();
  return /^[A-Za-z0-9+/=]{64,}$/.test(program) ? program : undefined;
}

async function tryNetwork(
  context: ProbeContext,
  runtime: 'crun' | 'runc',
): Promise<{ kind: 'slirp4netns' | 'host'; notes: string[] }> {
  if (!findProgram('slirp4netns')) return onHostNetwork('slirp4netns is not installed');
  const holder = await startHolder({ ...context, ownNetwork: true });
  try {
    await arrange(holder, { ...context, hideCgroups: runtime === 'crun', commands: [refuseMetadata] });
    const network = await connectNetwork(holder, context.lease);
    await network.close();
    return {
      kind: 'slirp4netns',
      notes: ['network on: slirp4netns; the host loopback and 169.254.0.0/16 are out of reach'],
    };
  } catch (error) {
    return onHostNetwork(toGildError(error).message);
  } finally {
    await holder.close();
  }
}

function onHostNetwork(why: string): { kind: 'host'; notes: string[] } {
  return {
    kind: 'host',
    notes: [
      `network on: the host's own network (${why})`,
      'NOT enforced here: keeping steps off the host loopback and metadata addresses',
    ],
  };
}
