import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { parallelGzip } from './gzip.ts';

async function* inChunksOf(size: number, content: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

async function gzip(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of parallelGzip(source)) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

it('gives one gzip member that does not depend on how the content is cut', async () => {
  const content = Buffer.alloc(5_000_000);
  for (let at = 0; at < content.length; at++) content[at] = (at * at) >>> 7;
  const packed = await gzip(inChunksOf(999_983, content));
  expect(gunzipSync(packed).equals(content)).toBe(true);
  expect((await gzip(inChunksOf(4096, content))).equals(packed)).toBe(true);
  expect(packed.length).toBeLessThan(content.length);
});

it('packs nothing at all', async () => {
  expect(gunzipSync(await gzip(inChunksOf(1, Buffer.alloc(0))))).toHaveLength(0);
});
