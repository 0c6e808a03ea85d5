import { inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { type Coding, mostPacked } from './coders.ts';
import { createPackingCrew } from './packing-crew.ts';

const blockSize = 65_536;

/** Blocks that pack well, not at all, and of zeros. */
const blocks = Array.from({ length: 12 }, (_, number) => {
  const block = Buffer.alloc(blockSize);
  for (let at = 0, state = number + 1; number % 3 < 2 && at < blockSize; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    block[at] = number % 3 === 0 ? state >>> 24 : at >>> 8;
  }
  return block;
});

function jobOf(content: readonly Buffer[]) {
  const length = content.length * blockSize;
  const input = new SharedArrayBuffer(length);
  Buffer.concat(content).copy(Buffer.from(input));
  return { input, length, output: new SharedArrayBuffer(mostPacked(length, blockSize)) };
}

const unpack: Readonly<Partial<Record<Coding, (packed: Buffer) => Buffer>>> = {
  zlib: inflateSync,
  'deflate-4k': inflateRawSync,
  zstd: zstdDecompressSync,
};

it.each(Object.entries(unpack))(
  'packs blocks as %s, each on its own, and leaves zeros out',
  async (coding, open) => {
    const crew = createPackingCrew({ coding: coding as Coding, blockSize, keepZeros: false });
    try {
      const jobs = [blocks, blocks.toReversed(), blocks.slice(3, 5)].map((content) => ({
        content,
        job: jobOf(content),
      }));
      const results = await Promise.all(jobs.map(({ job }) => crew.pack(job)));
      const packings = new Map<Buffer, Buffer>();
      for (const [number, { content, job }] of jobs.entries()) {
        let end = 0;
        for (const [index, length] of (results[number] ?? []).entries()) {
          const block = content[index] as Buffer;
          const packed = Buffer.from(job.output, end, length);
          end += length;
          expect(length === 0).toBe(block.every((byte) => byte === 0));
          if (length > 0) expect(open(packed).equals(block)).toBe(true);
          expect(packed.equals(packings.get(block) ?? packed)).toBe(true);
          packings.set(block, packed);
        }
      }
    } finally {
      await crew.close();
    }
  },
);

it('says so when a thread ends', async () => {
  const crew = createPackingCrew({ coding: 'none such' as Coding, blockSize, keepZeros: false });
  const first = crew.pack(jobOf(blocks));
  await expect(first).rejects.toThrow('not a function');
  await expect(crew.pack(jobOf(blocks))).rejects.toThrow('not a function');
  await crew.close();
});
