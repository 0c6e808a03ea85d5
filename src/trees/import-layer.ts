import { PassThrough, type Readable } from 'node:stream';
import type { Digest } from '../model/digest.ts';
import type { Layer } from '../model/tree.ts';
import type { BlobStore } from '../store/types.ts';
import { readable, tee, through } from '../support/streams.ts';
import type { TarSink } from '../support/tar/entry.ts';
import { type ArchiveLimits, defaultLimits } from '../support/tar/limits.ts';
import { createTarReader } from '../support/tar/reader.ts';
import { archiveRefusal } from '../support/tar/refusal.ts';
import { createCompressor, decompressUntrusted, type FoundCompression, sniff } from './compression.ts';
import { guard } from './guard.ts';
import { hashed } from './store-tar.ts';
import type { ExpectedLayer } from './types.ts';

/**
 * Checks a layer blob on its way into the store. One without compression is stored as zstd: then `blob` of
 * the result is not the digest that was expected.
 */
export async function importLayer(
  blobs: BlobStore,
  blob: Readable,
  expected: ExpectedLayer,
  limits: ArchiveLimits = defaultLimits,
): Promise<Layer> {
  const { compression, whole } = await sniff(blob);
  const branch = new PassThrough({ highWaterMark: 256 * 1024 });
  const check = inspect(branch, compression, expected.diffId, limits);
  const checked = verified(tee(whole, branch, check), expected);
  const { digest, size } =
    compression === 'none'
      ? await through(checked, createCompressor('zstd'), (zstd) => blobs.write(zstd))
      : await blobs.write(readable(checked));
  return {
    diffId: expected.diffId,
    unpackedSize: await check,
    blob: digest,
    size,
    compression: compression === 'none' ? 'zstd' : compression,
    createdBy: expected.createdBy,
  };
}

/** Reads every entry; returns the size of the plain tar. */
async function inspect(
  blob: AsyncIterable<Buffer>,
  compression: FoundCompression,
  diffId: Digest,
  limits: ArchiveLimits,
): Promise<number> {
  const nowhere: TarSink = { entry() {}, data() {}, end() {} };
  const reader = createTarReader(guard(nowhere, { whiteouts: 'allow', limits }), {
    limits,
    endMark: 'optional',
  });
  const found = { diffId, size: 0 };
  for await (const chunk of hashed(decompressUntrusted(blob, compression, limits), found)) reader.push(chunk);
  reader.end();
  assertDigest('content', found.diffId, diffId);
  return found.size;
}

/** Fails after the last chunk, before the store gives the blob its name. */
async function* verified(blob: AsyncIterable<Buffer>, expected: ExpectedLayer): AsyncGenerator<Buffer> {
  const found = { diffId: expected.blob, size: 0 };
  for await (const chunk of hashed(blob, found)) {
    expected.signal?.throwIfAborted();
    yield chunk;
  }
  assertDigest('blob', found.diffId, expected.blob);
}

function assertDigest(what: string, found: Digest, expected: Digest): void {
  if (found !== expected) throw archiveRefusal(`its ${what} has the digest ${found}, not ${expected}`);
}
