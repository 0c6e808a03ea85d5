import { realpathSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PassThrough } from 'node:stream';
import { output, runProcess } from '../support/process.ts';
import { closedAncestor } from './home.ts';
import type { IdRange } from './ids.ts';
import type { Lease } from './lease.ts';
import { onlyChild, startTime } from './proc.ts';
import { namespaceRefusal } from './refusals.ts';

/**
 * A process that keeps a user namespace open. It is `cat` and PID 1 in there: when we die, however that happens,
 * its stdin ends, it exits, and the kernel ends everything in the namespace with it.
 *
 * A path under the home means the same inside and outside, also where the namespace's root could not search the
 * folders above it: those are hidden behind a tmpfs, and the home is bound into it. `/run` of the host is hidden too.
 */
export interface Holder {
  readonly pid: number;
  /** The argument array that runs `argv` in the namespace as its root. */
  enter(argv: readonly string[], cwd?: string): string[];
  /** Ends everything and waits until it is gone. */
  close(): Promise<void>;
}

export interface HolderOptions {
  readonly home: string;
  readonly ids: IdRange;
  readonly lease: Lease;
  readonly ownNetwork: boolean;
  /** crun does not start where `/sys/fs/cgroup` is hybrid; runc does not start where it is hidden. */
  readonly hideCgroups: boolean;
}

export async function startHolder(options: HolderOptions): Promise<Holder> {
  const stdin = new PassThrough();
  const said: Buffer[] = [];
  const process = Promise.withResolvers<number>();
  const unshared = Promise.withResolvers<void>();
  const ended = runProcess(unshareCommand(options.ownNetwork), {
    cwd: options.home,
    stdin,
    onSpawn: process.resolve,
    onStdout: () => unshared.resolve(),
    onStderr: (chunk) => said.push(chunk),
  });
  const exited = ended.then(({ exitCode }) => {
    throw namespaceRefusal(exitCode, Buffer.concat(said).toString(), options.ids.rootless);
  });
  exited.catch(() => undefined);
  stdin.write('x');
  await Promise.race([unshared.promise, exited]);
  const pid = onlyChild(await process.promise) ?? 0;
  const holder: Holder = {
    pid,
    enter: (argv, cwd = '/') => [...enterCommand(pid, options.ownNetwork), `--wdns=${cwd}`, '--', ...argv],
    close: async () => {
      killQuietly(pid);
      stdin.end();
      await ended.catch(() => undefined);
    },
  };
  try {
    options.lease.note({ kind: 'process', pid, start: startTime(pid) ?? '' });
    await writeIdMaps(pid, options.ids);
    await arrangeMounts(holder, options);
  } catch (error) {
    await holder.close();
    throw error;
  }
  return holder;
}

/** PID 1 ignores SIGCHLD, so that the kernel reaps what is orphaned in there. */
function unshareCommand(ownNetwork: boolean): string[] {
  const spaces = [
    '--user',
    '--mount',
    '--pid',
    '--ipc',
    '--uts',
    '--cgroup',
    ...(ownNetwork ? ['--net'] : []),
  ];
  return ['unshare', ...spaces, '--fork', '--kill-child', 'env', '--ignore-signal=CHLD', 'cat'];
}

function enterCommand(pid: number, ownNetwork: boolean): string[] {
  const spaces = [
    '--user',
    '--mount',
    '--pid',
    '--ipc',
    '--uts',
    '--cgroup',
    ...(ownNetwork ? ['--net'] : []),
  ];
  return ['nsenter', '--target', String(pid), ...spaces];
}

async function writeIdMaps(pid: number, ids: IdRange): Promise<void> {
  if (!ids.rootless) {
    writeFileSync(`/proc/${pid}/uid_map`, `0 ${ids.uid} ${ids.count + 1}\n`);
    writeFileSync(`/proc/${pid}/gid_map`, `0 ${ids.gid} ${ids.count + 1}\n`);
    return;
  }
  const map = (own: number, sub: number) => ['0', own, '1', '1', sub, ids.count].map(String);
  await Promise.all([
    output(['newuidmap', String(pid), ...map(ids.uid, ids.subUid)]),
    output(['newgidmap', String(pid), ...map(ids.gid, ids.subGid)]),
  ]);
}

async function arrangeMounts(holder: Holder, options: HolderOptions): Promise<void> {
  const mount = (...args: string[]) => output(holder.enter(['mount', '--no-canonicalize', ...args]));
  const tmpfs = (target: string) => mount('-t', 'tmpfs', '-o', 'mode=0755,nosuid,nodev', 'tmpfs', target);
  const home = realpathSync(options.home);
  const closed = closedAncestor(home);
  const hidden = ['/run', ...(closed === undefined || isBelow(closed, '/run') ? [] : [closed])];
  await Promise.all([
    mount('-t', 'proc', '-o', 'nosuid,nodev,noexec', 'proc', '/proc'),
    options.hideCgroups ? tmpfs('/sys/fs/cgroup') : undefined,
    ...hidden.map(tmpfs),
  ]);
  if (!hidden.some((folder) => isBelow(home, folder))) return;
  await output(holder.enter(['mkdir', '-p', home]));
  const enterAtHome = [...enterCommand(holder.pid, options.ownNetwork), `--wd=/proc/${holder.pid}/cwd`, '--'];
  await output([...enterAtHome, 'mount', '--no-canonicalize', '--rbind', '.', home]);
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || (path !== '/' && isBelow(dirname(path), folder));
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {}
}
