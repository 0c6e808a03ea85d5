import { PassThrough, Readable } from 'node:stream';
import { createZstdCompress } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { through } from './streams.ts';

describe('a stream through another', () => {
  it('comes to what its reader makes of it', async () => {
    const source = Readable.from([Buffer.from('a'), Buffer.from('b')]);
    const read = await through(source, new PassThrough(), async (stream) =>
      (await stream.toArray()).join(''),
    );
    expect(read).toBe('ab');
  });

  it('fails with what its reader met, not with its own end that comes of that', async () => {
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    const read = through(endless(), createZstdCompress(), async (stream) => {
      for await (const _chunk of stream) throw full;
    });
    await expect(read).rejects.toBe(full);
  });

  it('fails with what its source met', async () => {
    const broken = new Error('broken');
    const source = Readable.from(
      (async function* () {
        yield Buffer.alloc(10);
        throw broken;
      })(),
    );
    await expect(through(source, new PassThrough(), (stream) => stream.toArray())).rejects.toBe(broken);
  });
});

async function* endless(): AsyncGenerator<Buffer> {
  for (;;) yield Buffer.alloc(64 * 1024, String(performance.now()));
}
