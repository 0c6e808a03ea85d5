import type { FileSystemSize } from '../types.ts';

export interface Ext4Options {
  /** 16 bytes. */
  readonly uuid: Buffer;
  /** Four numbers of 32 bits, not all 0. */
  readonly hashSeed: readonly number[];
  /** At most 16 bytes. */
  readonly label: string;
  /** Seconds since 1970, for what no entry of the tree dates. */
  readonly epoch: number;
  readonly size: FileSystemSize;
}
