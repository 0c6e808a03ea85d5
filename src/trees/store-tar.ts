import { createHash } from 'node:crypto';
import type { Digest } from '../model/digest.ts';
import type { Layer } from '../model/tree.ts';
import type { BlobStore } from '../store/types.ts';
import { through } from '../support/streams.ts';
import { createCompressor } from './compression.ts';

/** Compresses a tar into a blob while hashing both. */
export async function storeTar(
  blobs: BlobStore,
  tar: AsyncIterable<Buffer>,
  createdBy: string,
): Promise<Layer> {
  const seen = { diffId: '' as Digest, size: 0 };
  const blob = await through(hashed(tar, seen), createCompressor('zstd'), (stream) => blobs.write(stream));
  return {
    diffId: seen.diffId,
    unpackedSize: seen.size,
    blob: blob.digest,
    size: blob.size,
    compression: 'zstd',
    createdBy,
  };
}

/** Passes chunks on; at the end `seen` holds their digest and size. */
export async function* hashed(
  source: AsyncIterable<Buffer>,
  seen: { diffId: Digest; size: number },
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of source) {
    hash.update(chunk);
    seen.size += chunk.length;
    yield chunk;
  }
  seen.diffId = `sha256:${hash.digest('hex')}`;
}
