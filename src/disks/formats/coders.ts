import { constants, deflateRawSync, deflateSync, zstdCompressSync } from 'node:zlib';

/** How a block is packed on its own, by name. `chunkSize` has room for the worst, so that each takes one call. */
const coders = {
  /** RFC 1950. */
  zlib: (block, chunkSize) => deflateSync(block, { level: 6, chunkSize }),
  /** RFC 1951 with the window of 4 KiB that readers of qcow2 expect. */
  'deflate-4k': (block, chunkSize) =>
    deflateRawSync(block, { level: 6, windowBits: 12, memLevel: 9, chunkSize }),
  zstd: (block, chunkSize) =>
    zstdCompressSync(block, { params: { [constants.ZSTD_c_compressionLevel]: 3 }, chunkSize }),
  /** A piece of an RFC 1951 stream, ended at a byte. */
  'deflate-piece': (block, chunkSize) =>
    deflateRawSync(block, { level: 6, chunkSize, finishFlush: constants.Z_SYNC_FLUSH }),
} satisfies Record<string, (block: Buffer, chunkSize: number) => Buffer>;

export type Coding = keyof typeof coders;

/** Bytes that `packBlocks` may need for `length` bytes in blocks of `blockSize`. */
export function mostPacked(length: number, blockSize: number): number {
  return Math.ceil(length / blockSize) * worstOf(blockSize);
}

export interface Packing {
  readonly coding: Coding;
  readonly blockSize: number;
  /** Packs blocks of zeros too. */
  readonly keepZeros: boolean;
}

/**
 * Packs each block of `input` on its own; `output` gets them one after the other. Returns how long each came to be: 0 for
 * one of zeros, which is left out. Equal blocks give equal bytes.
 */
export function packBlocks(
  input: Buffer,
  output: Buffer,
  { coding, blockSize, keepZeros }: Packing,
): number[] {
  const zeros = keepZeros ? undefined : Buffer.alloc(blockSize);
  const lengths: number[] = [];
  let end = 0;
  for (let at = 0; at < input.length; at += blockSize) {
    const block = input.subarray(at, at + blockSize);
    const packed = zeros?.equals(block) ? undefined : coders[coding](block, worstOf(blockSize));
    lengths.push(packed?.length ?? 0);
    end += packed?.copy(output, end) ?? 0;
  }
  return lengths;
}

function worstOf(blockSize: number): number {
  return blockSize + (blockSize >>> 8) + 1024;
}
