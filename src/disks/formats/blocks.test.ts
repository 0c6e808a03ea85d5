import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { bytesAt, sampleDisk } from '../testing/sample-disk.ts';
import { blockRuns, countBlocks, dataBlocks, dataPieces } from './blocks.ts';

const blockSizes = [4096, 65_536, 2 * 1024 * 1024];

const anyDisk = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 1, max: 3000 })), { maxLength: 8 })
  .map((pieces) => {
    let end = 0;
    const extents = pieces.map(([gap, length]) => {
      const offset = (end + gap) * 512;
      end += gap + length;
      return { offset, length: length * 512 };
    });
    return sampleDisk((end + 5) * 512, extents);
  });

it('finds exactly the blocks that hold data', () => {
  fc.assert(
    fc.property(anyDisk, fc.constantFrom(...blockSizes), (disk, blockSize) => {
      const expected = new Set<number>();
      for (const { offset, length } of disk.extents) {
        for (let at = offset; at < offset + length; at += 512) expected.add(Math.floor(at / blockSize));
      }
      const found = [...blockRuns(disk, blockSize)].flatMap(({ first, end }) =>
        Array.from({ length: end - first }, (_, index) => first + index),
      );
      expect(found).toEqual([...expected]);
      expect(countBlocks(disk, blockSize)).toBe(expected.size);
    }),
  );
});

it('reads each block whole, with zeros behind the end of the disk', async () => {
  await fc.assert(
    fc.asyncProperty(anyDisk, fc.constantFrom(...blockSizes), async (disk, blockSize) => {
      for await (const { index, bytes } of dataBlocks(disk, blockSize)) {
        const offset = index * blockSize;
        const there = await bytesAt(disk, offset, Math.min(blockSize, disk.size - offset));
        expect(bytes.equals(Buffer.concat([there], blockSize))).toBe(true);
      }
    }),
    { numRuns: 20 },
  );
});

it('reads exactly the data', async () => {
  const disk = sampleDisk(8 * 1024 * 1024, [
    { offset: 512, length: 512 },
    { offset: 1024 * 1024, length: 3 * 1024 * 1024 + 512 },
  ]);
  const pieces: [number, number][] = [];
  for await (const { offset, bytes } of dataPieces(disk)) pieces.push([offset, bytes.length]);
  expect(pieces).toEqual([
    [512, 512],
    [1_048_576, 1_048_576],
    [2_097_152, 1_048_576],
    [3_145_728, 1_048_576],
    [4_194_304, 512],
  ]);
});
