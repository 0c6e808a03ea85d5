import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { startTime } from '../../src/host/proc.ts';

/** A process for good: its id may be given away again, but not with the same start. */
export interface Process {
  readonly pid: number;
  readonly start: string;
  readonly command: string;
}

/** All that a process started and that is still its child, grandchild and so on. */
export function descendants(pid: number): Process[] {
  return childrenOf(pid).flatMap((child) => [...identify(child), ...descendants(child)]);
}

export function isAlive({ pid, start }: Process): boolean {
  return startTime(pid) === start;
}

/** Every process on this host that works in a folder, or sees a mount of something in it, or names it. */
export function processesAt(folder: string): Process[] {
  const host = mountNamespace('self');
  return processIds()
    .filter((pid) => {
      if (pid === process.pid) return false;
      if (read(pid, 'cmdline').includes(folder) || link(pid, 'cwd').startsWith(folder)) return true;
      const own = mountNamespace(pid);
      return own !== '' && own !== host && read(pid, 'mountinfo').includes(folder);
    })
    .flatMap(identify);
}

/** Mounts of this host's own namespace in a folder. */
export function mountsAt(folder: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(folder));
}

/** Cgroups whose name has the lease's id in it; others may come and go meanwhile. */
export function cgroupsOf(lease: string, parent = '/sys/fs/cgroup'): string[] {
  return foldersIn(parent).flatMap((path) => [
    ...(basename(path).includes(lease) ? [path] : []),
    ...cgroupsOf(lease, path),
  ]);
}

/** Names of what lies in a folder of the home; none if there is no folder. */
export function entriesOf(...path: readonly string[]): string[] {
  try {
    return readdirSync(join(...path));
  } catch {
    return [];
  }
}

function foldersIn(parent: string): string[] {
  try {
    return readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(parent, name));
  } catch {
    return [];
  }
}

function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function identify(pid: number): Process[] {
  const start = startTime(pid);
  return start === undefined ? [] : [{ pid, start, command: read(pid, 'cmdline').replaceAll('\0', ' ') }];
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      read(pid, `task/${task}/children`)
        .split(' ')
        .filter((child) => child !== '')
        .map(Number),
    );
  } catch {
    return [];
  }
}

function mountNamespace(pid: number | 'self'): string {
  return link(pid, 'ns/mnt');
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

function link(pid: number | 'self', name: string): string {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return '';
  }
}
