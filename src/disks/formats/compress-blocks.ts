import { availableParallelism } from 'node:os';
import type { Transform } from 'node:stream';
import { constants, createDeflate, createDeflateRaw, createZstdCompress } from 'node:zlib';
import { inOrder } from '../../support/in-order.ts';
import type { DiskBlock } from './blocks.ts';

/** One of the four threads that Node has for this is left to the disk; one block waits for each. */
const mostAtOnce = 2 * Math.min(3, availableParallelism());

type Coder = Transform & { reset(): void };

export interface PackedBlock extends DiskBlock {
  /** A little longer than `bytes` at worst. */
  readonly packed: Buffer;
}

/** How a block is packed on its own, by name. `chunkSize` has room for the worst, so that each takes one call. */
const coders = {
  /** RFC 1950. */
  zlib: (chunkSize: number) => createDeflate({ level: 6, chunkSize, flush: constants.Z_FINISH }),
  /** RFC 1951 with the window of 4 KiB that readers of qcow2 expect. */
  'deflate-4k': (chunkSize: number) =>
    createDeflateRaw({ level: 6, windowBits: 12, memLevel: 9, chunkSize, flush: constants.Z_FINISH }),
  zstd: (chunkSize: number) =>
    createZstdCompress({
      params: { [constants.ZSTD_c_compressionLevel]: 3 },
      chunkSize,
      flush: constants.ZSTD_e_end,
    }),
  /** A piece of an RFC 1951 stream, ended at a byte. */
  'deflate-piece': (chunkSize: number) =>
    createDeflateRaw({ level: 6, chunkSize, flush: constants.Z_SYNC_FLUSH }),
} satisfies Record<string, (chunkSize: number) => Transform>;

/**
 * Packs each block on its own, several at once, in order. A block of zeros is left out, unless `keepZeros`. Equal
 * blocks give equal bytes, whatever was packed before.
 */
export async function* compressBlocks(
  blocks: AsyncIterable<DiskBlock>,
  coding: keyof typeof coders,
  blockSize: number,
  { keepZeros = false } = {},
): AsyncGenerator<PackedBlock> {
  const idle: Coder[] = [];
  const create = () => coders[coding](blockSize + (blockSize >>> 8) + 1024) as unknown as Coder;
  const pack = async ({ index, bytes }: DiskBlock): Promise<PackedBlock> => {
    const coder = idle.pop() ?? create();
    const packed = await packOne(coder, bytes);
    coder.reset();
    idle.push(coder);
    return { index, bytes, packed };
  };
  try {
    yield* inOrder(keepZeros ? blocks : withoutZeros(blocks, blockSize), mostAtOnce, pack);
  } finally {
    for (const coder of idle) coder.destroy();
  }
}

async function* withoutZeros(blocks: AsyncIterable<DiskBlock>, blockSize: number): AsyncGenerator<DiskBlock> {
  const zeros = Buffer.alloc(blockSize);
  for await (const block of blocks) if (!block.bytes.equals(zeros)) yield block;
}

function packOne(coder: Coder, bytes: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const parts: Buffer[] = [];
  const take = (part: Buffer) => parts.push(part);
  coder.on('data', take);
  coder.once('error', reject);
  coder.write(bytes, () => {
    coder.off('data', take);
    coder.off('error', reject);
    resolve(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts));
  });
  return promise;
}
