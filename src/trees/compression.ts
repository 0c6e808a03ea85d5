import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, createZstdDecompress } from 'node:zlib';
import type { Compression } from '../model/tree.ts';
import { type ArchiveLimits, defaultLimits } from '../support/tar/limits.ts';
import { archiveRefusal } from '../support/tar/refusal.ts';
import { createZstdCompressor } from '../support/zstd/compressor.ts';
import { splitFrames } from '../support/zstd/split-frames.ts';

const chunkSize = 128 * 1024;

/** One fixed setting for each: equal content gives an equal blob. */
export function createCompressor(compression: Compression): Transform {
  return compression === 'gzip' ? createGzip({ level: 6, chunkSize }) : createZstdCompressor();
}

export type FoundCompression = Compression | 'none';

/** Tells the compression by the first bytes; `whole` is the source from its start. */
export async function sniff(
  source: AsyncIterable<Buffer>,
): Promise<{ compression: FoundCompression; whole: AsyncGenerator<Buffer> }> {
  const iterator = source[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 4) {
    const { value, done } = await iterator.next();
    if (done) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  return { compression: compressionOf(head), whole: resume(head, iterator) };
}

/** The plain content of something from outside; throws `ARCHIVE_REFUSED` on damage and on bombs. */
export async function* decompressUntrusted(
  source: AsyncIterable<Buffer>,
  compression: FoundCompression,
  limits: ArchiveLimits = defaultLimits,
): AsyncGenerator<Buffer> {
  let arrived = 0;
  let unpacked = 0;
  async function* counted() {
    for await (const chunk of source) {
      arrived += chunk.length;
      yield chunk;
    }
  }
  for await (const chunk of compression === 'none' ? counted() : decompress(counted(), compression)) {
    unpacked += chunk.length;
    if (unpacked > limits.totalBytes)
      throw archiveRefusal(`it is larger than ${limits.totalBytes} bytes unpacked`);
    if (unpacked > limits.ratioFrom && unpacked > limits.ratio * arrived) {
      throw archiveRefusal(`it unpacks to more than ${limits.ratio} times its size`);
    }
    yield chunk;
  }
}

/** The content of a blob that this store made or checked itself. */
export async function* decompress(
  source: AsyncIterable<Buffer>,
  compression: Compression,
): AsyncGenerator<Buffer> {
  const decoder = compression === 'gzip' ? createGunzip({ chunkSize }) : createZstdDecompress({ chunkSize });
  const pieces = compression === 'gzip' ? source : splitFrames(source);
  const feeding = pipeline(Readable.from(pieces, { objectMode: false }), decoder);
  feeding.catch(() => undefined);
  try {
    for await (const chunk of decoder) yield chunk as Buffer;
  } catch (error) {
    const code = String((error as { code?: unknown }).code);
    if (code.startsWith('Z_') || code.startsWith('ZSTD_')) {
      const why =
        code === 'Z_BUF_ERROR' ? 'its compression is cut off' : `its ${compression} compression is damaged`;
      throw archiveRefusal(why, undefined, error);
    }
    throw error;
  }
}

function compressionOf(head: Buffer): FoundCompression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  const magic = head.length < 4 ? 0 : head.readUInt32LE(0);
  return magic === 0xfd2fb528 || magic >>> 4 === 0x0184d2a5 ? 'zstd' : 'none';
}

async function* resume(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (head.length > 0) yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
