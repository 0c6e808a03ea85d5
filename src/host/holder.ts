import { writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { output, runProcess } from '../support/process.ts';
import type { IdRange } from './ids.ts';
import type { Lease } from './lease.ts';
import { onlyChild, startTime } from './proc.ts';
import { namespaceRefusal } from './refusals.ts';

/**
 * A process that keeps a user namespace open. It is `cat` and PID 1 in there: when we die, however that happens,
 * its stdin ends, it exits, and the kernel ends everything in the namespace with it.
 */
export interface Holder {
  readonly pid: number;
  /** The argument array that runs `argv` in the namespace as its root. */
  enter(argv: readonly string[], cwd?: string): string[];
  /** The same in `home` as the host sees it, whatever has been mounted over it in the namespace. */
  enterAtHome(argv: readonly string[]): string[];
  /** Ends everything and waits until it is gone. */
  close(): Promise<void>;
}

export interface HolderOptions {
  readonly home: string;
  readonly ids: IdRange;
  readonly lease: Lease;
  readonly ownNetwork: boolean;
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
  const enter = enterCommand(pid, options.ownNetwork);
  const holder: Holder = {
    pid,
    enter: (argv, cwd = '/') => [...enter, `--wdns=${cwd}`, '--', ...argv],
    enterAtHome: (argv) => [...enter, `--wd=/proc/${pid}/cwd`, '--', ...argv],
    close: async () => {
      killQuietly(pid);
      stdin.end();
      await ended.catch(() => undefined);
    },
  };
  try {
    options.lease.note({ kind: 'process', pid, start: startTime(pid) ?? '' });
    await writeIdMaps(pid, options.ids);
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

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {}
}
