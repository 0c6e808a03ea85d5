import type { Readable } from 'node:stream';
import type { Digest } from '../../model/digest.ts';
import type { OutgoingBlob } from '../../support/registry/push.ts';
import type { WorkRecord } from '../types.ts';

/** A kind of place where hosts share what they made. */
export interface PlaceKind {
  /** As `type=` names it. */
  readonly type: string;
  /** Settings of its own, for reading and for writing; the first says where it is. */
  readonly settings: { readonly from: readonly string[]; readonly to: readonly string[] };
  /** Nothing is asked for yet. Throws `USAGE` with what was expected. */
  open(where: string, settings: ReadonlyMap<string, string>): Place;
}

/** A place under a name: one manifest of OCI's form that is replaced as a whole, and the blobs that it lists. */
export interface Place {
  /** As people call it: `ghcr.io/me/cache:main`. */
  readonly name: string;
  /** The bytes of the manifest that is there now; undefined where nobody wrote one yet. */
  manifest(signal?: AbortSignal): Promise<Buffer | undefined>;
  /** A stream that fails at its end if the content is not what it should be. */
  blob(blob: BlobName, signal?: AbortSignal): Promise<Readable>;
  has(blob: BlobName, signal?: AbortSignal): Promise<boolean>;
  /** In place of what may be there under this digest. */
  send(blob: OutgoingBlob, signal?: AbortSignal): Promise<void>;
  /** All that it lists is there by now. */
  publish(manifest: Buffer, signal?: AbortSignal): Promise<void>;
  /** Keeps other writers away meanwhile, as far as the place can. */
  alone<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export interface BlobName {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** What a place has of a piece of work. */
export interface SharedRecord extends WorkRecord {
  /** RFC 3339, UTC: when a host that used it last wrote to the place. */
  readonly usedAt: string;
}

/** What a place has, without the content. */
export interface Catalogue {
  readonly records: readonly SharedRecord[];
  /** Bytes of each blob that the manifest lists. */
  readonly sizes: ReadonlyMap<Digest, number>;
  /** Records that are not valid, and were left out. */
  readonly refused: number;
}
