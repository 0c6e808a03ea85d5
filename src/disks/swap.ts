import { derivedUuid } from './identifiers.ts';

const pageSize = 4096;
const version = 1;

export interface SwapOptions {
  /** Bytes, whole pages of 4096. */
  readonly size: number;
  /** 16 bytes. */
  readonly uuid: Buffer;
  /** At most 15 bytes. */
  readonly label: string;
}

/** Of the swap partition of a disk. */
export function swapUuid(seed: string): Buffer {
  return derivedUuid(seed, 'swap');
}

/** The first page of a swap area; the rest may hold anything. Source: Linux, include/linux/swap.h. */
export function swapHeader({ size, uuid, label }: SwapOptions): Buffer {
  const page = Buffer.alloc(pageSize);
  page.writeUInt32LE(version, 1024);
  page.writeUInt32LE(size / pageSize - 1, 1028);
  uuid.copy(page, 1036);
  page.write(label, 1052, 15, 'latin1');
  page.write('SWAPSPACE2', pageSize - 10, 'latin1');
  return page;
}
