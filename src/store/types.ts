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
  /** Whole content; for configs and manifests. Throws `STORE_DAMAGED` if it does not match. */
  read(digest: Digest): Promise<Buffer>;
  open(digest: Digest): Readable;
  remove(digest: Digest): Promise<void>;
  list(): Promise<readonly Digest[]>;
}
