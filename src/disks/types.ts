import type { TarSink } from '../support/tar/entry.ts';

/** A finished disk as bytes that can be read at any place; holes are known. */
export interface DiskImage {
  /** Bytes, a multiple of 512. */
  readonly size: number;
  /**
   * What holds data, ascending, neither overlapping nor touching; all else reads as zeros. Multiples of 4096 but for
   * the end of the disk. Equal bytes have equal extents: none begins or ends with a block of zeros.
   */
  readonly extents: readonly DiskExtent[];
  /** Fills `into` with the bytes from `offset` on; any range within `size`. */
  read(offset: number, into: Buffer): Promise<void>;
}

/** Bytes. */
export interface DiskExtent {
  readonly offset: number;
  readonly length: number;
}

/** A disk that holds a file open until it is closed. */
export interface OpenDisk extends DiskImage {
  close(): Promise<void>;
}

/** Hands a tree to a sink, entry by entry, awaiting `settled` after every piece. */
export type ReadTree = (sink: TarSink, settled: () => Promise<void>) => Promise<void>;

/** Where a writer puts its bytes. */
export interface DiskTarget {
  /** Copies `bytes`. In any order, best in ascending order; nothing is written twice. */
  write(offset: number, bytes: Buffer): void;
}

/** Bytes: the whole of it, or what is to be free beside the tree. */
export type FileSystemSize =
  | { readonly kind: 'fixed'; readonly bytes: number }
  | { readonly kind: 'fit'; readonly headroom: number };

/** Takes a tree and makes a file system of it. */
export interface FileSystemWriter extends TarSink {
  /** Bytes of the file system, a multiple of 4096; known after `end`. */
  readonly size: number;
}
