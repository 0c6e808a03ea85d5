import { inOrder } from '../../support/in-order.ts';
import { type DiskBlock, type UnreadBlocks, windowSize } from './blocks.ts';
import { type Coding, mostPacked } from './coders.ts';
import { createPackingCrew, crewSize, type PackingJob } from './packing-crew.ts';

/** Two windows for each thread: it never waits for the next one. */
const mostAtOnce = 2 * crewSize;

export interface PackedBlock extends DiskBlock {
  /** A little longer than `bytes` at worst. */
  readonly packed: Buffer;
}

/**
 * Packs each block on its own, several at once, in order. A block of zeros is left out, unless `keepZeros`. Equal
 * blocks give equal bytes, whatever was packed before. What comes next may come to lie where the last one was.
 */
export async function* compressBlocks(
  source: Iterable<UnreadBlocks> | AsyncIterable<UnreadBlocks>,
  coding: Coding,
  blockSize: number,
  { keepZeros = false } = {},
): AsyncGenerator<PackedBlock> {
  const crew = createPackingCrew({ coding, blockSize, keepZeros });
  const idle: Omit<PackingJob, 'length'>[] = [];
  const pack = async ({ index, length, read }: UnreadBlocks) => {
    const memory = idle.pop() ?? createMemory(blockSize);
    await read(Buffer.from(memory.input, 0, length));
    return { index, length, memory, lengths: await crew.pack({ ...memory, length }) };
  };
  try {
    for await (const { index, length, memory, lengths } of inOrder(source, mostAtOnce, pack)) {
      const input = Buffer.from(memory.input, 0, length);
      const output = Buffer.from(memory.output);
      let end = 0;
      for (const [number, packedLength] of lengths.entries()) {
        if (packedLength === 0) continue;
        const bytes = input.subarray(number * blockSize, (number + 1) * blockSize);
        yield { index: index + number, bytes, packed: output.subarray(end, end + packedLength) };
        end += packedLength;
      }
      idle.push(memory);
    }
  } finally {
    await crew.close();
  }
}

function createMemory(blockSize: number): Omit<PackingJob, 'length'> {
  const room = Math.max(windowSize, blockSize);
  return {
    input: new SharedArrayBuffer(room),
    output: new SharedArrayBuffer(mostPacked(room, blockSize)),
  };
}
