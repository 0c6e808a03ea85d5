import { crc32 } from 'node:zlib';
import { chunksOf } from '../../support/even-chunks.ts';
import type { UnreadBlocks } from './blocks.ts';
import { compressBlocks } from './compress-blocks.ts';

const pieceSize = 1024 * 1024;
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
/** A last block of RFC 1951 with nothing in it. */
const lastBlock = Buffer.from([3, 0]);

/**
 * One gzip member, compressed in pieces of 1 MiB of which several are in work at once. Equal content gives equal bytes.
 * What comes next may come to lie where the last bytes were.
 */
export async function* parallelGzip(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let checksum = 0;
  let length = 0;
  yield header;
  const pieces = compressBlocks(asBlocks(chunksOf(pieceSize, source)), 'deflate-piece', pieceSize, {
    keepZeros: true,
  });
  for await (const { bytes, packed } of pieces) {
    checksum = crc32(bytes, checksum);
    length += bytes.length;
    yield packed;
  }
  yield lastBlock;
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(checksum);
  trailer.writeUInt32LE(length % 2 ** 32, 4);
  yield trailer;
}

async function* asBlocks(chunks: AsyncIterable<Buffer>): AsyncGenerator<UnreadBlocks> {
  let index = 0;
  for await (const bytes of chunks) {
    yield { index: index++, length: bytes.length, read: async (into) => void bytes.copy(into) };
  }
}
