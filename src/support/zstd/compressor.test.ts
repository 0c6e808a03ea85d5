import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createZstdDecompress, zstdDecompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createZstdCompressor } from './compressor.ts';
import { splitFrames } from './split-frames.ts';

const frameSize = 8 * 1024 * 1024;

/** Neither constant nor random. */
function content(size: number): Buffer {
  const words = Array.from({ length: 4096 }, (_, index) =>
    createHash('sha256')
      .update(String(index))
      .digest('hex')
      .slice(0, (index % 60) + 4),
  ).join(' ');
  return Buffer.alloc(size, words);
}

function cut(bytes: Buffer, size: number): Readable {
  const count = Math.ceil(bytes.length / size);
  const chunks = Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  return Readable.from(chunks, { objectMode: false });
}

function compressed(source: Readable): Promise<Buffer> {
  return buffer(source.pipe(createZstdCompressor()));
}

it('gives back what went in, over several frames', async () => {
  const bytes = content(3 * frameSize + 12_345);
  const zstd = await compressed(cut(bytes, 100_000));
  const pieces = Readable.from(splitFrames(cut(zstd, 64 * 1024)), { objectMode: false });
  expect((await buffer(pieces.pipe(createZstdDecompress()))).equals(bytes)).toBe(true);
});

it('gives equal bytes however the content was cut', async () => {
  const bytes = content(2 * frameSize + 1);
  const [first, ...others] = await Promise.all(
    [1000, 65_536, frameSize, 3 * frameSize].map((size) => compressed(cut(bytes, size))),
  );
  for (const other of others) expect(other.equals(first as Buffer)).toBe(true);
});

it('ends where a frame ends without an empty frame behind it', async () => {
  const zstd = await compressed(cut(content(frameSize), 50_000));
  expect(zstdDecompressSync(zstd).length).toBe(frameSize);
});

it('makes one empty frame of nothing', async () => {
  const zstd = await compressed(Readable.from([]));
  expect(zstd.length).toBeGreaterThan(0);
  expect(zstdDecompressSync(zstd).length).toBe(0);
});

it('ends at once when it is destroyed', async () => {
  const compressor = createZstdCompressor();
  compressor.write(content(2 * frameSize));
  const closed = new Promise((resolve) => compressor.once('close', resolve));
  compressor.destroy();
  await closed;
});
