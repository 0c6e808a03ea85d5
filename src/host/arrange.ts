import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Holder } from './holder.ts';
import { closedAncestor } from './home.ts';
import { runInTurn } from './in-turn.ts';

export interface Arrangement {
  readonly home: string;
  /** crun does not start where `/sys/fs/cgroup` is hybrid; runc does not start where it is hidden. */
  readonly hideCgroups: boolean;
  /** Run as the namespace's root after all mounts. */
  readonly commands?: readonly (readonly string[])[];
}

/**
 * Makes a new namespace fit to work in. A path under the home means the same inside and outside, also where the
 * namespace's root could not search the folders above it: those are hidden behind a tmpfs, and the home is bound into it.
 * `/run` of the host is hidden too.
 */
export async function arrange(holder: Holder, arrangement: Arrangement): Promise<void> {
  await runInTurn([...mountsOf(arrangement), ...(arrangement.commands ?? [])], holder.enterAtHome);
}

function mountsOf({ home: path, hideCgroups }: Arrangement): string[][] {
  const mount = (...args: string[]) => ['busybox', 'mount', ...args];
  const tmpfs = (target: string) => mount('-t', 'tmpfs', '-o', 'mode=0755,nosuid,nodev', 'tmpfs', target);
  const home = realpathSync(path);
  const closed = closedAncestor(home);
  const hidden = ['/run', ...(closed === undefined || isBelow(closed, '/run') ? [] : [closed])];
  const hidesHome = hidden.some((folder) => isBelow(home, folder));
  return [
    mount('-t', 'proc', '-o', 'nosuid,nodev,noexec', 'proc', '/proc'),
    ...(hideCgroups ? [tmpfs('/sys/fs/cgroup')] : []),
    ...hidden.map(tmpfs),
    ...(hidesHome ? [['busybox', 'mkdir', '-p', home], mount('-o', 'rbind', '.', home)] : []),
  ];
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || (path !== '/' && isBelow(dirname(path), folder));
}
