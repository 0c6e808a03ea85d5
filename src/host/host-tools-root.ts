import { chownSync, lstatSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { IdRange } from './ids.ts';
import type { Mount } from './types.ts';

/** A root file system of the host's programs, read-only, and of nothing else that the host has. */
export function hostToolsRoot(bundle: string, ids: IdRange): { path: string; mounts: Mount[] } {
  const path = join(bundle, 'rootfs');
  const folders = ['', 'dev', 'proc', 'run', 'tmp', 'usr'];
  const mounts: Mount[] = [{ source: '/usr', target: '/usr', readonly: true }];
  for (const name of ['bin', 'sbin', 'lib', 'lib32', 'lib64']) {
    const kind = kindOf(`/${name}`);
    if (kind === 'folder') {
      folders.push(name);
      mounts.push({ source: `/${name}`, target: `/${name}`, readonly: true });
    }
  }
  for (const folder of folders) {
    mkdirSync(join(path, folder), { mode: 0o755 });
    if (!ids.rootless) chownSync(join(path, folder), ids.uid, ids.gid);
  }
  for (const name of ['bin', 'sbin', 'lib', 'lib32', 'lib64']) {
    if (kindOf(`/${name}`) === 'link') symlinkSync(readlinkSync(`/${name}`), join(path, name));
  }
  mounts.push({ source: 'tmpfs', target: '/tmp', mode: '1777' });
  return { path, mounts };
}

function kindOf(path: string): 'folder' | 'link' | 'absent' {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return 'absent';
  return found.isSymbolicLink() ? 'link' : 'folder';
}
