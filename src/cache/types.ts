import type { Artifact, Verdict } from '../model/artifact.ts';
import type { Definition, ReusePolicy } from '../model/cache.ts';
import type { Digest } from '../model/digest.ts';
import type { Package } from '../model/image.ts';
import type { LockedDownload } from '../model/lock.ts';
import type { Layer } from '../model/tree.ts';
import type { WorkRecords } from './records.ts';

/** A piece of work whose result can be used again. */
export interface Work {
  readonly kind: WorkKind;
  /** As events and people call it: `component/nginx`. */
  readonly name: string;
  readonly definition: Definition;
  /** Content id of what it stands on; a base stands on nothing. */
  readonly tree?: Digest;
  readonly policy: ReusePolicy;
  /** Why a result on record is not to be used although its key is right; undefined where it is. */
  readonly refuse?: (result: WorkResult) => string | undefined;
  /** Where its layers are on other hosts only, they come when something needs them. */
  readonly deferred?: boolean;
}

/** `archives` are on record in shared caches only. */
export type WorkKind = 'base' | 'files' | 'component' | 'output' | 'test' | 'packages' | 'archives';

/** What a piece of work came to: the field of its kind. */
export interface WorkResult {
  /** `base`, `files`, `component`: the layers that it laid on the tree; none where it changed nothing. */
  readonly layers?: readonly Layer[];
  /** `component`: what it fetched; absent where that was not looked at. */
  readonly downloads?: readonly LockedDownload[];
  /** `component`: what a package manager unpacked, as it said; absent where none ran, or nobody looked. */
  readonly unpacked?: readonly Package[];
  /** `component`: over the locked packages that it was held to; absent where it took what there was. */
  readonly heldTo?: Digest;
  /** `files`, `component`: names of the marker files that it left. */
  readonly markers?: readonly string[];
  readonly artifact?: Artifact;
  /** Always one that passed. */
  readonly verdict?: Verdict;
  readonly packages?: { readonly packages: readonly Package[]; readonly notes: readonly string[] };
  /** `archives`: package files that a step has installed. */
  readonly archives?: readonly PackageArchive[];
}

/** A file of a package, as a package manager fetches it. */
export interface PackageArchive {
  /** As apt names it: `nginx_1.22.1-9_amd64.deb`. */
  readonly file: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** What is kept of a piece of work, and on record under its key. */
export interface WorkRecord {
  readonly key: Digest;
  readonly kind: WorkKind;
  readonly name: string;
  /** Name of the image that it was first made for. */
  readonly image: string;
  /** The run that made it, whose log tells how. */
  readonly runId: string;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  /** That it took. */
  readonly seconds: number;
  /** What the key was made of, with what no record may show taken out. */
  readonly preimage: Preimage;
  readonly result: WorkResult;
  /** Name of the cache that it came from; absent where it was made here. */
  readonly origin?: string;
  /** Of whoever shared it; absent where nobody signed it. */
  readonly signature?: RecordSignature;
}

/** Of ed25519, both in base64. */
export interface RecordSignature {
  /** The public key, 32 bytes. */
  readonly key: string;
  readonly value: string;
}

/** A definition, and the tree below it as the last field. */
export type Preimage = Definition;

/** One run's way to what is on record. */
export interface StepCache {
  /** What the same work came to before, or what `make` makes now; two processes never do the same at once. */
  reuse<T extends WorkResult>(work: Work, make: () => Promise<T>): Promise<Reused<T>>;
  /** The first half of `reuse`, for work that is done together with other work. */
  take(work: Work): Promise<Lookup>;
  /** The second half. */
  keep(work: Work, made: { readonly result: WorkResult; readonly seconds: number }): Promise<void>;
  /** What `reuse` would find; nothing is made and nobody is told. */
  lookUp(work: Work): Promise<Lookup>;
  /** Of all that this run used or made, and that may be used again. */
  keys(): readonly Digest[];
  /** Writes down which records this run used: the newest used are the last to be collected. */
  close(): Promise<void>;
}

export interface Reused<T> {
  readonly result: T;
  /** Set where nothing was made. */
  readonly from?: Pick<WorkRecord, 'key' | 'runId' | 'createdAt' | 'seconds'>;
}

export type Lookup =
  | { readonly outcome: 'hit'; readonly key: Digest; readonly record: WorkRecord }
  | {
      readonly outcome: 'miss';
      readonly key: Digest;
      /** In words: `parameters.port: 80 -> 8080`. */
      readonly reason: string;
      /** All fields that differ from the previous ones, in words, if that is the reason. */
      readonly differences?: readonly string[];
      /** Of the same step, if it was ever carried out. */
      readonly previous?: WorkRecord;
    };

/** `anew`: nothing is looked up, from the named piece of work on or at all; what is made goes on record all the same. */
export interface CacheMode {
  readonly anew?: 'all' | { readonly from: string };
  /** Tests are carried out again. */
  readonly retest?: boolean;
}

/** What other hosts made, for what this one has not. */
export interface Elsewhere extends Pick<WorkRecords, 'nearest'> {
  /** Nothing is moved yet. */
  find(work: Work): Promise<Offer | undefined>;
}

export interface Offer {
  readonly record: WorkRecord;
  /** Brings in what it needs and puts it on record here. Undefined where that cannot be: people were told why. */
  take(): Promise<WorkRecord | undefined>;
}

/** Whether content is there and is what it was; what is damaged is put aside. */
export type Inspect = (result: WorkResult) => Promise<'whole' | Missing>;

export interface Missing {
  readonly why: 'missing' | 'damaged';
  readonly what: Digest;
}
