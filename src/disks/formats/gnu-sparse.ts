/** The header that GNU tar writes with `--format=oldgnu --sparse`: the places of the data, then only the data. */
import { tarHeader } from '../../support/tar/plain-file.ts';
import type { DiskExtent } from '../types.ts';

const blockSize = 512;
const numberLength = 12;
const placeLength = 2 * numberLength;
const firstPlaces = { at: 386, count: 4, more: 482, realSize: 483 };
const furtherPlaces = { count: 21, more: 504 };

/** All header blocks of a file of `size` bytes with data at `places`. */
export function gnuSparseHeader(file: {
  readonly name: string;
  readonly size: number;
  readonly mtime: number;
  readonly places: readonly DiskExtent[];
}): Buffer {
  const places = ended(file.places, file.size);
  const stored = places.reduce((sum, { length }) => sum + length, 0);
  const header = tarHeader({ name: file.name, size: stored, mtime: file.mtime });
  header.write('S', 156, 'latin1');
  header.write('ustar  \0', 257, 'latin1');
  for (const [number, place] of places.slice(0, firstPlaces.count).entries()) {
    writePlace(header, firstPlaces.at + number * placeLength, place);
  }
  const rest = places.slice(firstPlaces.count);
  header.writeUInt8(rest.length > 0 ? 1 : 0, firstPlaces.more);
  writeNumber(header, firstPlaces.realSize, file.size);
  writeChecksum(header);
  return Buffer.concat([header, furtherBlocks(rest)]);
}

/** A hole at the end shows as a place of no length. */
function ended(places: readonly DiskExtent[], size: number): readonly DiskExtent[] {
  const last = places.at(-1);
  const end = last === undefined ? 0 : last.offset + last.length;
  return end === size ? places : [...places, { offset: size, length: 0 }];
}

function furtherBlocks(places: readonly DiskExtent[]): Buffer {
  const count = Math.ceil(places.length / furtherPlaces.count);
  const blocks = Buffer.alloc(count * blockSize);
  for (const [number, place] of places.entries()) {
    const block = Math.floor(number / furtherPlaces.count);
    writePlace(blocks, block * blockSize + (number % furtherPlaces.count) * placeLength, place);
  }
  for (let block = 0; block < count - 1; block++)
    blocks.writeUInt8(1, block * blockSize + furtherPlaces.more);
  return blocks;
}

function writePlace(block: Buffer, at: number, { offset, length }: DiskExtent): void {
  writeNumber(block, at, offset);
  writeNumber(block, at + numberLength, length);
}

/** Octal digits, or base 256 from 8 GiB on. */
function writeNumber(block: Buffer, at: number, value: number): void {
  if (value < 8 ** 11) {
    block.write(`${value.toString(8).padStart(11, '0')}\0`, at, 'latin1');
    return;
  }
  block.writeUInt8(0x80, at);
  block.writeBigUInt64BE(BigInt(value), at + 4);
}

function writeChecksum(header: Buffer): void {
  header.write('        ', 148, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}
