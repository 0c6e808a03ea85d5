import { join } from 'node:path';
import { output } from '../../src/support/process.ts';

/**
 * podman with a store of its own under `folder`, run in `cwd`: it takes a layout only where its path is in small letters. runc and the given limits, because crun refuses hosts with hybrid
 * cgroups and not every host lets a process raise its limits.
 */
export function podmanIn(folder: string, cwd: string): (args: readonly string[]) => Promise<string> {
  const store = ['root', 'runroot', 'tmpdir'].flatMap((name) => [`--${name}`, join(folder, name)]);
  const engine = ['--storage-driver', 'overlay', '--cgroup-manager', 'cgroupfs', '--runtime', 'runc'];
  return (args) => output(['podman', ...store, ...engine, ...args], { cwd, env: { HOME: folder } });
}

export const podmanLimits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'];
