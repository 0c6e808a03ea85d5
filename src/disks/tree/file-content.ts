import { blockSize, isZero } from '../extents.ts';
import type { BlockWriter } from './block-writer.ts';
import { addExtent, type Extent } from './extents.ts';

/** From this many blocks of zeros on, a file has a hole instead. */
const holeBlocks = 16;
const zeroBlocks = Buffer.alloc(holeBlocks * blockSize);

/** The content of one file after the other, in pieces of any size. */
export interface FileContent {
  data(bytes: Buffer): void;
  /** Ends the file; where its content lies, holes left out. */
  finish(): Extent[];
}

/** `longest`: blocks that one extent may have. */
export function createFileContent(writer: Pick<BlockWriter, 'append'>, longest: number): FileContent {
  const partial = Buffer.alloc(blockSize);
  let fill = 0;
  let logical = 0;
  let zeros = 0;
  let extents: Extent[] = [];

  const append = (blocks: Buffer) =>
    writer.append(blocks, ({ start, count }) => {
      addExtent(extents, { logical, physical: start, count }, longest);
      logical += count;
    });
  const settleZeros = () => {
    if (zeros >= holeBlocks) logical += zeros;
    else if (zeros > 0) append(zeroBlocks.subarray(0, zeros * blockSize));
    zeros = 0;
  };
  const blocks = (bytes: Buffer) => {
    let from = 0;
    for (let at = 0; at < bytes.length; at += blockSize) {
      if (!isZeroBlock(bytes, at)) {
        if (zeros > 0) {
          settleZeros();
          from = at;
        }
        continue;
      }
      if (at > from && zeros === 0) append(bytes.subarray(from, at));
      zeros++;
      from = at + blockSize;
    }
    if (from < bytes.length) append(bytes.subarray(from));
  };
  return {
    data(bytes) {
      let at = 0;
      if (fill > 0) {
        at = bytes.copy(partial, fill, 0, blockSize - fill);
        fill += at;
        if (fill < blockSize) return;
        blocks(partial);
        fill = 0;
      }
      const whole = bytes.length - ((bytes.length - at) % blockSize);
      if (whole > at) blocks(bytes.subarray(at, whole));
      fill = bytes.copy(partial, 0, whole);
    },
    finish() {
      if (fill > 0) blocks(partial.fill(0, fill));
      settleZeros();
      const found = extents;
      extents = [];
      fill = 0;
      logical = 0;
      return found;
    },
  };
}

function isZeroBlock(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0 && isZero(bytes.subarray(at, at + blockSize));
}
