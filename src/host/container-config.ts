import { readFileSync } from 'node:fs';
import { buildCapabilities } from './capabilities.ts';
import { seccompProfile } from './seccomp.ts';
import type { Container, Mount } from './types.ts';

const maskedPaths = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
];
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

export interface ConfigOptions {
  readonly terminal?: boolean;
  /** The compiled filter in base64, for runtimes that know the annotation; others use the profile. */
  readonly seccompProgram?: string | undefined;
}

/** An OCI runtime configuration: what may run in the container, and as what. */
export function containerConfig(container: Container, rootfs: string, options: ConfigOptions = {}): object {
  const { uid = 0, gid = 0, groups = [] } = container.user ?? {};
  const capabilities = [...buildCapabilities];
  return {
    ociVersion: '1.0.2',
    hostname: container.hostname ?? 'gild',
    root: { path: rootfs, readonly: container.root === 'host-tools' },
    process: {
      terminal: options.terminal === true,
      user: { uid, gid, additionalGids: groups, umask: 0o022 },
      args: container.argv,
      env: Object.entries(container.env).map(([name, value]) => `${name}=${value}`),
      cwd: container.cwd ?? '/',
      noNewPrivileges: true,
      capabilities: {
        bounding: capabilities,
        effective: uid === 0 ? capabilities : [],
        permitted: uid === 0 ? capabilities : [],
      },
      rlimits: [
        { type: 'RLIMIT_NOFILE', soft: 1024, hard: openFilesLimit() },
        { type: 'RLIMIT_CORE', soft: 0, hard: 0 },
      ],
    },
    mounts: [...kernelMounts, ...(container.mounts ?? []).map(mountEntry)],
    linux: {
      namespaces: ['pid', 'mount', 'ipc', 'uts', 'cgroup'].map((type) => ({ type })),
      maskedPaths,
      readonlyPaths,
      seccomp: seccompProfile(),
    },
    ...(options.seccompProgram
      ? { annotations: { 'run.oci.seccomp_bpf_data': options.seccompProgram } }
      : {}),
  };
}

const kernelMounts = [
  { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
  {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'strictatime', 'mode=755', 'size=64k'],
  },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
  },
  {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'shm',
    options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=64m'],
  },
];

function mountEntry(mount: Mount): object {
  const access = mount.readonly ? 'ro' : 'rw';
  if (mount.source === 'tmpfs') {
    const options = ['nosuid', 'nodev', access, `mode=${mount.mode ?? '0755'}`];
    return { destination: mount.target, type: 'tmpfs', source: 'tmpfs', options };
  }
  const options = ['rbind', 'rprivate', 'nosuid', 'nodev', access];
  return { destination: mount.target, type: 'bind', source: mount.source, options };
}

let openFiles: number | undefined;

/** A container cannot raise what we have been given ourselves. */
function openFilesLimit(): number {
  openFiles ??= Number(
    /^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1] ?? 4096,
  );
  return Math.min(openFiles, 524_288);
}
