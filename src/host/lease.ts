import { appendFileSync, mkdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bootId, pidNamespace, startTime } from './proc.ts';

/**
 * What this process holds under a home, so that a later process can tell that it is gone and clear up:
 *
 * ```
 * scratch/<boot>-<pidns>-<pid>-<start>/   its scratch folders
 * leases/<boot>-<pidns>-<pid>-<start>     a line for each cgroup and helper process
 * ```
 */
export interface Lease {
  readonly id: string;
  /** A path under `scratch/` that nobody else uses; it does not exist yet. */
  reserve(label: string): string;
  /** For a cgroup: by it, others can tell that whoever made it is alive. */
  cgroupName(): string;
  /** Written before (cgroups) or right after (processes) the thing exists. */
  note(entry: LeaseEntry): void;
}

export type LeaseEntry =
  | { readonly kind: 'cgroup'; readonly path: string }
  | { readonly kind: 'process'; readonly pid: number; readonly start: string };

const leases = new Map<string, Lease>();
let reserved = 0;

export function leaseOf(home: string): Lease {
  const existing = leases.get(home);
  if (existing) return existing;
  const id = [bootId().slice(0, 8), pidNamespace(), process.pid, startTime(process.pid)].join('-');
  const folder = join(home, 'scratch', id);
  const journal = join(home, 'leases', id);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  mkdirSync(join(home, 'leases'), { recursive: true, mode: 0o711 });
  process.once('exit', () => giveUp(folder, journal));
  const lease: Lease = {
    id,
    reserve: (label) => join(folder, `${label}-${++reserved}`),
    cgroupName: () => `${id}-${++reserved}`,
    note: (entry) => {
      const line = entry.kind === 'cgroup' ? entry.path : `${entry.pid} ${entry.start}`;
      appendFileSync(journal, `${entry.kind} ${line}\n`);
    },
  };
  leases.set(home, lease);
  return lease;
}

/** Whether the process that took the lease is gone. One of another PID namespace counts as alive until reboot. */
export function isAbandoned(id: string): boolean {
  const [boot, namespace, pid, start] = id.split('-');
  if (boot !== bootId().slice(0, 8)) return true;
  return namespace === pidNamespace() && startTime(Number(pid)) !== start;
}

export function readEntries(home: string, id: string): LeaseEntry[] {
  let text = '';
  try {
    text = readFileSync(join(home, 'leases', id), 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line): LeaseEntry[] => {
    const [kind, first = '', start = ''] = line.split(' ');
    if (kind === 'cgroup') return [{ kind, path: first }];
    return kind === 'process' ? [{ kind, pid: Number(first), start }] : [];
  });
}

/** Only what is empty goes: whatever is left is for `reclaim`. */
function giveUp(folder: string, journal: string): void {
  try {
    rmdirSync(folder);
    rmSync(journal, { force: true });
  } catch {}
}
