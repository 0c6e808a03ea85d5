import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { createZstdCompress } from 'node:zlib';
import { expect, it } from 'vitest';
import { evenChunks } from './even-chunks.ts';

it('makes the output of zstd depend on the bytes alone, not on how they arrive', async () => {
  const content = Buffer.from(
    randomBytes(512 * 1024)
      .toString('hex')
      .repeat(4),
  );
  const digests = await Promise.all(
    [[65_536], [777], [65_536, 4096], [4_194_304]].map((cuts) => packed(content, cuts)),
  );
  expect(new Set(digests).size).toBe(1);
});

it('keeps every byte', async () => {
  const content = randomBytes(300_001);
  const parts: Buffer[] = [];
  for await (const chunk of evenChunks(cut(content, [1000, 1, 200_000]))) parts.push(chunk);
  expect(parts.map(({ length }) => length)).toEqual([131_072, 131_072, 37_857]);
  expect(Buffer.concat(parts).equals(content)).toBe(true);
});

async function packed(content: Buffer, cuts: readonly number[]): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of Readable.from(evenChunks(cut(content, cuts))).pipe(createZstdCompress()))
    hash.update(chunk);
  return hash.digest('hex');
}

async function* cut(content: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, i = 0; at < content.length; i++) {
    const next = at + (cuts[i % cuts.length] ?? 1);
    yield content.subarray(at, next);
    at = next;
  }
}
