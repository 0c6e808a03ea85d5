import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { output } from '../src/support/process.ts';
import type { BenchContext } from './types.ts';

/** A minimal Debian 12 as a tar, made by mmdebstrap on the first run and kept. */
export async function debianTar(context: BenchContext): Promise<string> {
  return kept(context, 'debian-bookworm-minbase', []);
}

/** The same with a kernel, systemd, an SSH server and nginx: what a disk of a web server holds. */
export async function bootableTar(context: BenchContext): Promise<string> {
  const kernel = ['linux-image-cloud-amd64', 'initramfs-tools', 'e2fsprogs'];
  return kept(context, 'debian-bookworm-bootable', [
    ...kernel,
    ...['systemd-sysv', 'udev', 'dbus', 'openssh-server', 'nginx'],
  ]);
}

async function kept(
  { cache, note }: BenchContext,
  name: string,
  packages: readonly string[],
): Promise<string> {
  const tar = join(cache, `${name}.tar`);
  if (existsSync(tar)) return tar;
  note('making a Debian root file system to measure with; later runs use it again');
  await mkdir(cache, { recursive: true });
  const unfinished = join(cache, `${process.pid}.tar`);
  try {
    const include = packages.map((each) => `--include=${each}`);
    await output(['mmdebstrap', '--mode=unshare', '--variant=minbase', ...include, 'bookworm', unfinished]);
    await rename(unfinished, tar);
  } finally {
    await rm(unfinished, { force: true });
  }
  return tar;
}
