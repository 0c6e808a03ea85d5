import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { abandonedCgroups, removeCgroup } from './cgroups.ts';
import { isAbandoned, type LeaseEntry, readEntries } from './lease.ts';
import { startTime } from './proc.ts';
import { removeTree } from './remove-tree.ts';
import type { Host } from './types.ts';

/**
 * Clears up after processes that are gone, also killed ones: helper processes, cgroups, scratch folders. Returns the
 * ids of the leases that it cleared. Cgroups go whatever home they belonged to. Safe beside runs that are alive and beside another `reclaim`.
 */
export async function reclaim(host: Host): Promise<string[]> {
  const abandoned = [
    ...new Set([...names(join(host.home, 'scratch')), ...names(join(host.home, 'leases'))]),
  ].filter(isAbandoned);
  for (const id of abandoned) {
    const entries = readEntries(host.home, id);
    for (const entry of entries) await endProcess(entry);
    for (const entry of entries)
      if (entry.kind === 'cgroup' && isOurs(entry.path)) await removeCgroup(entry.path);
    const scratch = join(host.home, 'scratch', id);
    if (existsSync(scratch)) await removeTree(host, scratch);
    rmSync(join(host.home, 'leases', id), { force: true });
  }
  for (const cgroup of abandonedCgroups()) await removeCgroup(cgroup);
  return abandoned;
}

/** They end by themselves when their parent is gone, but that may have been just now. */
async function endProcess(entry: LeaseEntry): Promise<void> {
  if (entry.kind !== 'process') return;
  for (let tries = 0; tries < 1000 && startTime(entry.pid) === entry.start; tries++) {
    try {
      process.kill(entry.pid, 'SIGKILL');
    } catch {}
    await delay(5);
  }
}

function isOurs(path: string): boolean {
  return /^\/sys\/fs\/cgroup\/(?:[^/]+\/)*gild\/[^/]+$/.test(path) && !path.includes('/../');
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
