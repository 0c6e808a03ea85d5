import { mkdirSync, readdirSync, readFileSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Limits } from '../model/buildspec.ts';
import { isAbandoned, type Lease } from './lease.ts';

export type Controller = 'memory' | 'pids' | 'cpu';

/** Where a cgroup of our own can be made for each controller that can be enforced here. */
export interface CgroupLayout {
  readonly kind: 'v1' | 'v2' | 'hybrid' | 'none';
  readonly parents: Partial<Readonly<Record<Controller, { readonly path: string; readonly version: 1 | 2 }>>>;
}

/** Limits on everything that joined; made outside of the namespace, where nothing inside can reach it. */
export interface Cgroup {
  /** Files to write `0` into by a process that joins. */
  readonly joinFiles: readonly string[];
  /** Times that the memory limit killed something so far. */
  outOfMemoryKills(): number;
  /** What is in it must have ended, or be about to. */
  remove(): Promise<void>;
}

const mounts = '/sys/fs/cgroup';
const cgroup2 = 0x63677270;
const period = 100_000;

/** Made by trying: a cgroup per controller, with a limit in it, removed again. */
export function probeCgroups(lease: Lease): CgroupLayout {
  const version2 = [mounts, join(mounts, 'unified')].find((path) => fileSystem(path) === cgroup2);
  const parents: Partial<Record<Controller, { path: string; version: 1 | 2 }>> = {};
  for (const controller of ['memory', 'pids', 'cpu'] as const) {
    const found = candidates(controller, version2).find((parent) => isUsable(parent, controller, lease));
    if (found) parents[controller] = found;
  }
  const kind =
    version2 === mounts ? 'v2' : version2 ? 'hybrid' : fileSystem(join(mounts, 'memory')) ? 'v1' : 'none';
  return { kind, parents };
}

export function makeCgroup(layout: CgroupLayout, limits: Limits, lease: Lease): Cgroup {
  const name = lease.cgroupName();
  const made = new Map<string, Controller[]>();
  for (const [controller, parent] of Object.entries(layout.parents)) {
    const settings = settingsOf(controller as Controller, parent.version, limits);
    if (settings.length === 0) continue;
    const path = join(parent.path, name);
    if (!made.has(path)) {
      lease.note({ kind: 'cgroup', path });
      makeFolder(path, parent.version);
      made.set(path, []);
    }
    made.get(path)?.push(controller as Controller);
    for (const setting of settings) apply(path, setting);
  }
  const memory = [...made].find(([, controllers]) => controllers.includes('memory'))?.[0];
  return {
    joinFiles: [...made.keys()].map((path) => join(path, 'cgroup.procs')),
    outOfMemoryKills: () => (memory === undefined ? 0 : countKills(memory)),
    remove: async () => {
      for (const path of made.keys()) await removeCgroup(path);
    },
  };
}

/** Cgroups of processes of Gild that are gone. */
export function abandonedCgroups(): string[] {
  const parents = ['', 'unified', 'memory', 'pids', 'cpu'].map((hierarchy) =>
    join(mounts, hierarchy, 'gild'),
  );
  return parents.flatMap((parent) =>
    folders(parent)
      .filter((name) => isAbandoned(name.replace(/-\d+$/, '')))
      .map((name) => join(parent, name)),
  );
}

/** Waits for what was killed in it, which takes its time to end on a busy host. */
export async function removeCgroup(path: string): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    try {
      rmdirSync(path);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY') break;
    }
    await delay(5);
  }
  tryRemove(dirname(path));
}

/** The folder above is removed with the last cgroup in it, perhaps by another process right now. */
function makeFolder(path: string, version: 1 | 2): void {
  const parent = dirname(path);
  for (let attempt = 0; ; attempt++) {
    try {
      mkdirSync(parent, { recursive: true });
      mkdirSync(path);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === 20) throw error;
    }
  }
  if (version === 1) return;
  for (const folder of [dirname(parent), parent])
    for (const controller of ['memory', 'pids', 'cpu'])
      tryWrite(join(folder, 'cgroup.subtree_control'), `+${controller}`);
}

/** Version 1 has a hierarchy per controller; in version 2, the parent of our own cgroup may have been delegated. */
function candidates(
  controller: Controller,
  version2: string | undefined,
): { path: string; version: 1 | 2 }[] {
  const root = process.getuid?.() === 0;
  const own = ownCgroups();
  const all: { path: string; version: 1 | 2 }[] = [];
  const name1 = own.find(({ controllers }) => controllers.split(',').includes(controller));
  if (name1) {
    const hierarchy = join(mounts, name1.controllers.replace('name=', ''));
    for (const base of [hierarchy, join(mounts, controller)]) {
      if (root) all.push({ path: join(base, 'gild'), version: 1 });
      all.push({ path: join(base, name1.path, 'gild'), version: 1 });
    }
  }
  const path2 = own.find(({ controllers }) => controllers === '')?.path;
  if (version2 && path2 !== undefined) {
    if (root) all.push({ path: join(version2, 'gild'), version: 2 });
    all.push({ path: join(version2, path2, '..', 'gild'), version: 2 });
  }
  return all;
}

function isUsable(parent: { path: string; version: 1 | 2 }, controller: Controller, lease: Lease): boolean {
  const probe = join(parent.path, lease.cgroupName());
  try {
    makeFolder(probe, parent.version);
    for (const setting of settingsOf(controller, parent.version, { memory: 1 << 28, pids: 64, cpus: 1 })) {
      apply(probe, setting);
    }
    return true;
  } catch {
    return false;
  } finally {
    tryRemove(probe);
    tryRemove(parent.path);
  }
}

interface Setting {
  readonly file: string;
  readonly value: string;
  /** The kernel may have been built without it. */
  readonly optional?: boolean;
}

/** `memory.oom.group`: a step whose compiler was killed must not go on as if nothing had happened. */
function settingsOf(controller: Controller, version: 1 | 2, limits: Limits): Setting[] {
  const { memory, pids, cpus } = limits;
  if (controller === 'memory' && memory !== undefined) {
    return version === 2
      ? [
          { file: 'memory.max', value: String(memory) },
          { file: 'memory.swap.max', value: '0', optional: true },
          { file: 'memory.oom.group', value: '1', optional: true },
        ]
      : [
          { file: 'memory.limit_in_bytes', value: String(memory) },
          { file: 'memory.memsw.limit_in_bytes', value: String(memory), optional: true },
        ];
  }
  if (controller === 'pids' && pids !== undefined) return [{ file: 'pids.max', value: String(pids) }];
  if (controller === 'cpu' && cpus !== undefined) {
    const quota = Math.max(1000, Math.round(cpus * period));
    return version === 2
      ? [{ file: 'cpu.max', value: `${quota} ${period}` }]
      : [
          { file: 'cpu.cfs_period_us', value: String(period) },
          { file: 'cpu.cfs_quota_us', value: String(quota) },
        ];
  }
  return [];
}

function apply(path: string, setting: Setting): void {
  const file = join(path, setting.file);
  if (setting.optional) tryWrite(file, setting.value);
  else writeFileSync(file, setting.value, { flag: 'r+' });
}

function countKills(path: string): number {
  for (const file of ['memory.events', 'memory.oom_control']) {
    try {
      const match = /^oom_kill (\d+)$/m.exec(readFileSync(join(path, file), 'latin1'));
      if (match) return Number(match[1]);
    } catch {}
  }
  return 0;
}

function ownCgroups(): { controllers: string; path: string }[] {
  return readFileSync('/proc/self/cgroup', 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const [, controllers = '', ...path] = line.split(':');
      return { controllers, path: path.join(':') };
    });
}

function folders(path: string): string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch {
    return [];
  }
}

function fileSystem(path: string): number | undefined {
  try {
    return statfsSync(path).type;
  } catch {
    return undefined;
  }
}

function tryRemove(path: string): void {
  try {
    rmdirSync(path);
  } catch {}
}

function tryWrite(file: string, value: string): void {
  try {
    writeFileSync(file, value, { flag: 'r+' });
  } catch {}
}
