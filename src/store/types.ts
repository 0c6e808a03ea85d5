import type { Readable } from 'node:stream';
import type { Digest } from '../model/digest.ts';

/** Content-addressed files under `blobs/sha256/`. */
export interface BlobStore {
  has(digest: Digest): Promise<boolean>;
  path(digest: Digest): string;
  size(digest: Digest): Promise<number>;
  /** Streams in under a temporary name, then renames. With `expected`, throws `STORE_DAMAGED` on any other digest. */
  write(
    content: Readable | Uint8Array | string,
    expected?: Digest,
  ): Promise<{ readonly digest: Digest; readonly size: number }>;
  /** Takes a finished file of this digest over, holes and all; it is moved here, and must lie under the home. */
  adopt(path: string, digest: Digest): Promise<void>;
  /** Whole content; for configs and manifests. Throws `STORE_DAMAGED` if it does not match. */
  read(digest: Digest): Promise<Buffer>;
  /** Fails at its end with `STORE_DAMAGED` if the content does not match, and puts the blob aside. */
  open(digest: Digest): Readable;
  /**
   * Whether a blob is what it was. Its bytes are read if the file was touched since it was written or last verified; one
   * that does not match is put aside, where nothing finds it. `thoroughly`: they are read in any case.
   */
  verify(digest: Digest, how?: 'thoroughly'): Promise<'whole' | 'missing' | 'damaged'>;
  remove(digest: Digest): Promise<void>;
  list(): Promise<readonly Digest[]>;
}
