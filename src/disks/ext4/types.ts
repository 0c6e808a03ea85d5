import type { TarSink } from '../../support/tar/entry.ts';

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

/** Bytes: the whole of it, or what is to be free beside the tree. */
export type FileSystemSize =
  | { readonly kind: 'fixed'; readonly bytes: number }
  | { readonly kind: 'fit'; readonly headroom: number };

export interface Ext4Writer extends TarSink {
  /** Bytes of the file system, a multiple of 4096; known after `end`. */
  readonly size: number;
}
