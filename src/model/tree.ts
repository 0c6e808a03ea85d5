import type { Digest } from './digest.ts';

/** One tar of changes, as OCI means it: whiteouts as `.wh.` entries, nothing else special. */
export interface Layer {
  /** Of the uncompressed tar. */
  readonly diffId: Digest;
  /** Of the compressed tar, which is a blob of the store. */
  readonly blob: Digest;
  /** Bytes of the blob. */
  readonly size: number;
  /** Bytes of the uncompressed tar. */
  readonly unpackedSize: number;
  readonly compression: Compression;
  /** What made it, for `history` and for people. */
  readonly createdBy: string;
}

export type Compression = 'zstd' | 'gzip';

/** The content of a root file system: layers, lowest first. */
export interface Tree {
  readonly layers: readonly Layer[];
}
