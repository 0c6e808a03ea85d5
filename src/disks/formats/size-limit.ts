import { GildError } from '../../support/errors.ts';
import type { DiskImage } from '../types.ts';

const gibibyte = 1024 ** 3;

/** Throws `DISK_TOO_LARGE` before anything is written. */
export function refuseLarger(disk: DiskImage, largest: number, format: string): void {
  if (disk.size <= largest) return;
  throw new GildError({
    code: 'DISK_TOO_LARGE',
    message: `A ${format} holds at most ${largest / gibibyte} GiB; the disk has ${Math.ceil(disk.size / gibibyte)} GiB.`,
    hint: 'Make the disk smaller, or choose another format.',
  });
}
