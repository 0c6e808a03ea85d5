import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { output } from '../../src/support/process.ts';

/**
 * Packs the smallest system that can run scripts: a static busybox, its applets as links, and the accounts `root`,
 * `nobody` and `app`. `folder` is filled and `tar` is written.
 */
export async function packBusyboxTree(folder: string, tar: string): Promise<void> {
  for (const path of [
    'bin',
    'sbin',
    'etc',
    'proc',
    'sys',
    'dev',
    'run',
    'tmp',
    'root',
    'usr/bin',
    'usr/sbin',
    'var',
    'home/app',
  ]) {
    await mkdir(join(folder, path), { recursive: true });
  }
  await chmod(join(folder, 'tmp'), 0o1777);
  await copyFile('/bin/busybox', join(folder, 'bin/busybox'));
  for (const applet of (await output(['/bin/busybox', '--list-full'])).trim().split('\n')) {
    if (applet === 'bin/busybox') continue;
    await mkdir(dirname(join(folder, applet)), { recursive: true });
    await symlink('/bin/busybox', join(folder, applet));
  }
  await writeFile(join(folder, 'etc/passwd'), accounts);
  await writeFile(join(folder, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\napp:x:1000:\n');
  await writeFile(join(folder, 'etc/os-release'), 'ID=busybox\nPRETTY_NAME="busybox"\n');
  await output([
    'tar',
    '-C',
    folder,
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--sort=name',
    '-cf',
    tar,
    '.',
  ]);
}

const accounts = `root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/false
app:x:1000:1000:app:/home/app:/bin/sh
`;
