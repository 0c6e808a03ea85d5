import type { Readable } from 'node:stream';
import type { Namespace } from '../host/types.ts';
import type { Digest } from '../model/digest.ts';
import type { Compression, Layer, Tree } from '../model/tree.ts';
import type { TarSink } from '../support/tar/entry.ts';

/** Layers on this host: each a blob, and a folder that overlayfs can mount. Safe for concurrent use. */
export interface TreeStore {
  find(diffId: Digest): Promise<Layer | undefined>;
  /**
   * The folders to mount, one for each layer, made from the blobs if they are not there; owners are those of the user
   * namespace. One that somebody changed since it was made is put aside and made anew: `repaired` says which.
   */
  directories(layers: readonly Layer[], looking?: Looking): Promise<readonly string[]>;
  /** Layers whose folders had been changed, as far as this process came across them. */
  repaired(): readonly Digest[];
  /** Whether the folder of a layer is what it was when it was made; one that is not is put aside. */
  check(diffId: Digest, signal?: AbortSignal): Promise<FolderState>;
  /**
   * Takes an OCI layer blob from outside, unchanged, after checking both digests and every entry.
   * Throws `ARCHIVE_REFUSED`.
   */
  importLayer(blob: Readable, expected: ExpectedLayer): Promise<Layer>;
  /**
   * Takes a whole root file system as a tar (plain, gzip or zstd) from outside; the layer is written anew:
   * sorted, normalised, time stamps no later than `epoch`. Throws `ARCHIVE_REFUSED`.
   */
  importRootfs(tar: Readable, options: AdoptOptions): Promise<Layer>;
  /**
   * Turns an overlay's upper folder into a layer; the folder is moved into the store, or left beside where it was.
   * `takeUpper` is asked for it when all is ready for it; nothing may change it any more when it answers.
   */
  adopt(
    takeUpper: () => Promise<string>,
    options: AdoptOptions & { readonly stubs?: readonly string[] },
  ): Promise<Layer>;
  /** The layer's uncompressed tar. */
  open(layer: Layer): Promise<Readable>;
  /** The layer's blob under this compression, made and kept if needed. */
  compressed(layer: Layer, compression: Compression): Promise<Layer>;
  /** The whole tree as one normalised tar without whiteouts. */
  flatten(tree: Tree, signal?: AbortSignal): Promise<Readable>;
  /** The entries of that tar, as they are read, into `sink`. */
  read(tree: Tree, sink: TarSink, reading: EntryReading): Promise<void>;
  /** Every layer kept here, with the blobs that hold it, and the bytes of its folder; for garbage collection. */
  list(): Promise<readonly ListedLayer[]>;
  /** Forgets a layer, then removes its folder; its blobs stay. Nobody uses the store meanwhile. */
  remove(diffId: Digest): Promise<void>;
  /** What was put aside because it was changed. Nobody uses the store meanwhile. */
  removeDamaged(): Promise<void>;
}

export interface Looking {
  /** Where to look whether folders were changed, before anything hostile is in it: spares the opening of another. */
  readonly namespace?: Namespace | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface EntryReading {
  /** Awaited after every piece: resolves when the sink may be given more. */
  readonly settled: () => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

export type FolderState = 'right' | 'absent' | 'damaged';

export interface ListedLayer {
  readonly diffId: Digest;
  readonly blobs: readonly Digest[];
  /** About; 0 where only blobs are kept. */
  readonly folderBytes: number;
}

export interface ExpectedLayer {
  readonly blob: Digest;
  readonly diffId: Digest;
  readonly createdBy: string;
  readonly signal?: AbortSignal | undefined;
}

export interface AdoptOptions {
  readonly epoch: number;
  readonly createdBy: string;
  readonly signal?: AbortSignal | undefined;
}
