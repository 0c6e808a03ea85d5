import type { DiskSpec } from '../model/disk.ts';
import { type FileSystem, fileSystemsOf } from './file-systems.ts';
import { uuidText } from './identifiers.ts';
import { swapUuid } from './swap.ts';

/** `/etc/fstab` of a disk: the root, then what is mounted into it, parents first, then swap. All by UUID. */
export function fstab(spec: DiskSpec, seed: string): string {
  const mounted = [...fileSystemsOf(spec, seed)].sort((a, b) => (a.mountPoint < b.mountPoint ? -1 : 1));
  const swap =
    spec.swap === undefined ? [] : [`UUID=${uuidText(swapUuid(seed))} none swap sw,${patience} 0 0`];
  return `${[...mounted.map(line), ...swap].join('\n')}\n`;
}

/** Systemd gives up on a device after 90 s, which a busy host needs to let it appear, and then ends in emergency mode. */
const patience = 'x-systemd.device-timeout=5min';

function line({ mountPoint, type, uuid, options }: FileSystem): string {
  const root = mountPoint === '/';
  const all = ['defaults', ...options, patience, ...(root ? ['x-systemd.growfs'] : [])].join(',');
  const check = type !== 'ext4' ? 0 : root ? 1 : 2;
  return `UUID=${uuidText(uuid)} ${mountPoint} ${type} ${all} 0 ${check}`;
}
