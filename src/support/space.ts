import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { noSpace } from './errors.ts';

/** The disk that a path is on, or would be, in bytes. */
export interface DiskSpace {
  readonly total: number;
  readonly used: number;
  /** What this user may still write. */
  readonly free: number;
}

export async function diskSpace(path: string): Promise<DiskSpace> {
  const found = await statfs(path).catch((error: { code?: string }) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (!found) return diskSpace(dirname(path));
  const { bsize, blocks, bfree, bavail } = found;
  return { total: blocks * bsize, used: (blocks - bfree) * bsize, free: bavail * bsize };
}

/** Throws `NO_SPACE` where less than `bytes` is free below `home`. `what` needs them: `The output \`raw\``. */
export async function requireSpace(home: string, bytes: number, what: string): Promise<void> {
  const { free } = await diskSpace(home);
  if (free >= bytes) return;
  throw noSpace(`${what} needs ${mebibytes(bytes)} at least, ${mebibytes(free)} are free`);
}

/**
 * Whether a program that failed met the end of the disk: there is nothing left, or it says so and there is not much left,
 * for many remove at once what they could not write to its end.
 */
export async function isOutOfSpace(home: string, saidSo: boolean): Promise<boolean> {
  const { free } = await diskSpace(home);
  return free < 2 ** 20 || (saidSo && free < 2 ** 30);
}

/** How programs say that a disk or a quota is full. */
export function saysFull(text: string): boolean {
  return /no space left on device|disk quota exceeded|enough free space/i.test(text);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
