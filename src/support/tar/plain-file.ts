const block = 512;
const largestOctal = 8 ** 11;

/** The ustar header of a plain file, owned by root. `size` in bytes, `mtime` in seconds since 1970. */
export function tarHeader(file: {
  readonly name: string;
  readonly size: number;
  readonly mtime: number;
}): Buffer {
  const header = Buffer.alloc(block);
  if (Buffer.byteLength(file.name) > 100)
    throw new RangeError(`The name is too long for a tar header: ${file.name}`);
  header.write(file.name, 0, 100, 'utf8');
  header.write('0000644\0', 100, 'latin1');
  header.write('0000000\0', 108, 'latin1');
  header.write('0000000\0', 116, 'latin1');
  writeNumber(header, 124, file.size);
  writeNumber(header, 136, file.mtime);
  header.write('        0', 148, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** Zeros up to the next whole block. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((block - (size % block)) % block);
}

export const tarEnd: Buffer = Buffer.alloc(2 * block);

/** Twelve bytes: octal digits, or base 256 as GNU tar does it from 8 GiB on. */
function writeNumber(header: Buffer, offset: number, value: number): void {
  if (value < largestOctal) {
    header.write(`${value.toString(8).padStart(11, '0')}\0`, offset, 'latin1');
    return;
  }
  header.writeUInt8(0x80, offset);
  header.writeBigUInt64BE(BigInt(value), offset + 4);
}
