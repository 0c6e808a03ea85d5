import type { Digest } from '../model/digest.ts';
import type { RunStatus } from '../model/events.ts';
import type { Image } from '../model/image.ts';
import type { Layer } from '../model/tree.ts';

/** What other rooms may ask of the records. */
export interface ImageLookup {
  /** Newest available image: version `1.2.3`, with `x` in any place, or `latest`; `build` if a certain one is meant. */
  find(name: string, version: string, build?: number): Promise<Image | undefined>;
}

/** One row per image and per run; a record is there wholly or not at all. */
export interface ImageStore extends ImageLookup {
  /** Gives the image its build number and writes it, in one transaction. */
  publish(image: Omit<Image, 'build'>): Promise<Image>;
  /** The next free version of a pattern like `1.2.x`. */
  nextVersion(name: string, pattern: string): Promise<string>;
  list(name?: string): Promise<readonly Image[]>;
  /**
   * Throws `IMAGE_NOT_FOUND`; `IMAGE_IN_USE` if another image was made from it, unless `evenIfUsed`: that one
   * keeps its layers and stays whole.
   */
  remove(image: Image, options?: { readonly evenIfUsed?: boolean }): Promise<void>;
}

export interface RunRecord {
  readonly id: string;
  readonly image: string;
  readonly recipe: string;
  readonly planId: string;
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** `running` of a process that is gone becomes `lost` when the next run starts. */
  readonly status: 'running' | 'success' | 'failed' | 'tests-failed' | 'cancelled' | 'lost';
  readonly pid: number;
}

/** What Gild did, whatever came of it. */
export interface RunStore {
  /** Writes a `running` row for this process. */
  startRun(run: Pick<RunRecord, 'id' | 'image' | 'recipe' | 'planId'>): Promise<RunRecord>;
  finishRun(id: string, status: RunStatus): Promise<void>;
  /** Newest first; of one image, if named. A `running` row whose process is gone is shown as `lost`. */
  listRuns(image?: string): Promise<readonly RunRecord[]>;
  /** By id or its unique beginning; the newest if absent. Throws `RUN_NOT_FOUND`. */
  findRun(id?: string): Promise<RunRecord>;
}

/** The layers kept on this host beside the blobs, as far as garbage collection must know them. */
export interface LayerShelf {
  list(): Promise<readonly { readonly diffId: Digest; readonly blobs: readonly Digest[] }[]>;
  remove(diffId: Digest): Promise<void>;
}

export interface CollectOptions {
  readonly layers: LayerShelf;
  /** What else must stay: caches that people want to keep. Asked when nobody else uses the store any more. */
  readonly keep?: () => Promise<{ readonly blobs?: readonly Digest[]; readonly diffIds?: readonly Digest[] }>;
}

export interface Collected {
  /** A build or export is using the store, so nothing was removed; the next collection does it. */
  readonly busy: boolean;
  readonly blobs: number;
  readonly layers: number;
  /** Of the blobs. */
  readonly bytes: number;
}

/** One entry of a layer's tar; whiteouts are empty files named `.wh.*`, as in OCI. */
export interface LayerEntry {
  /** A byte per character (latin1), as in the tar. */
  readonly path: string;
  /** `link`: a hard link. */
  readonly type: 'file' | 'directory' | 'symlink' | 'link' | 'fifo' | 'char' | 'block';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content. */
  readonly size: number;
  /** Of a symbolic or hard link, else empty. */
  readonly target: string;
  readonly xattrs: ReadonlyMap<string, Uint8Array>;
}

export interface LayerSink {
  entry(entry: LayerEntry): void;
  /** Content of the entry before; the bytes are only valid during the call. */
  data(bytes: Uint8Array): void;
}

/** Hands the entries of a layer's tar to the sink, in their order. */
export type ReadLayer = (layer: Layer, sink: LayerSink) => Promise<void>;
