import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { output } from '../src/support/process.ts';
import type { BenchContext } from './types.ts';

/** A minimal Debian 12 as a tar, made by mmdebstrap on the first run and kept. */
export async function debianTar({ cache, note }: BenchContext): Promise<string> {
  const tar = join(cache, 'debian-bookworm-minbase.tar');
  if (existsSync(tar)) return tar;
  note('making a Debian root file system to measure with; later runs use it again');
  await mkdir(cache, { recursive: true });
  const unfinished = join(cache, `${process.pid}.tar`);
  try {
    await output(['mmdebstrap', '--mode=unshare', '--variant=minbase', 'bookworm', unfinished]);
    await rename(unfinished, tar);
  } finally {
    await rm(unfinished, { force: true });
  }
  return tar;
}
