import { bytesOf, bytesPattern } from '../support/amounts.ts';
import { GildError } from '../support/errors.ts';

/** How large the store may get, in bytes of a certain disk. */
export interface SpaceLimits {
  /** It is never made smaller than this. */
  readonly reserved: number;
  /** It is made smaller than this. */
  readonly max: number;
  /** So much of the disk is to be free for others. */
  readonly keepFree: number;
}

/** As texts: `20GB`, `80%` of the disk, or several of these with commas, of which the least counts. */
export type SpaceTexts = { readonly [Limit in keyof SpaceLimits]: string };

export interface Disk {
  readonly total: number;
  /** What this user may still write. */
  readonly free: number;
}

/** As BuildKit has them. */
export const defaultLimits: SpaceTexts = { reserved: '10%,10GB', max: '80%,100GB', keepFree: '20%' };

/** Throws `USAGE`, with `names` for what is set to what. */
export function spaceLimits(texts: SpaceTexts, disk: Disk, names: SpaceTexts): SpaceLimits {
  const limit = (which: keyof SpaceLimits) => leastOf(texts[which], disk.total, names[which]);
  return { reserved: limit('reserved'), max: limit('max'), keepFree: limit('keepFree') };
}

/** To be freed of a store of `used` bytes. */
export function excess(used: number, disk: Disk, { reserved, max, keepFree }: SpaceLimits): number {
  const missing = Math.max(0, keepFree - disk.free);
  return Math.max(0, used - Math.max(reserved, Math.min(max, used - missing)));
}

function leastOf(text: string, total: number, name: string): number {
  return Math.min(...text.split(',').map((part) => amount(part.trim(), total, name)));
}

function amount(text: string, total: number, name: string): number {
  const percent = /^(\d{1,3}(?:\.\d+)?)\s?%$/.exec(text)?.[1];
  if (percent !== undefined && Number(percent) <= 100) return Math.floor((total * Number(percent)) / 100);
  if (bytesPattern.test(text)) return bytesOf(text);
  throw new GildError({
    code: 'USAGE',
    message: `\`${text}\` is no amount of space for ${name}.`,
    hint: 'Write it as `20GB`, `80%` of the disk, or `80%,100GB` for whichever is less.',
  });
}
