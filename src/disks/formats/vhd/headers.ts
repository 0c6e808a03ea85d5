import { derivedUuid } from '../../identifiers.ts';
import { vhdGeometry } from './geometry.ts';

/** "Virtual Hard Disk Image Format Specification" 1.0 of Microsoft; numbers are big-endian. */
export const sectorSize = 512;
export const dynamicHeaderSize = 1024;
const none = 0xffff_ffff_ffff_ffffn;
const version = 0x0001_0000;
const year2000 = 946_684_800;
const types = { fixed: 2, dynamic: 3 } as const;

export interface Footer {
  readonly type: keyof typeof types;
  /** Of the disk, in bytes. */
  readonly size: number;
  readonly seed: string;
  /** Seconds since 1970. */
  readonly epoch: number;
}

/**
 * One sector. The creator's name tells readers whether to believe the size or the geometry, which rounds down: all of
 * them believe the size in a file of Hyper-V's.
 */
export function vhdFooter({ type, size, seed, epoch }: Footer): Buffer {
  const footer = Buffer.alloc(sectorSize);
  const { cylinders, heads, sectorsPerTrack } = vhdGeometry(size / sectorSize);
  footer.write('conectix', 0, 'latin1');
  footer.writeUInt32BE(2, 8);
  footer.writeUInt32BE(version, 12);
  footer.writeBigUInt64BE(type === 'fixed' ? none : BigInt(sectorSize), 16);
  footer.writeUInt32BE(Math.min(0xffff_ffff, Math.max(0, epoch - year2000)), 24);
  footer.write('win ', 28, 'latin1');
  footer.writeUInt32BE(0x000a_0000, 32);
  footer.write('Wi2k', 36, 'latin1');
  footer.writeBigUInt64BE(BigInt(size), 40);
  footer.writeBigUInt64BE(BigInt(size), 48);
  footer.writeUInt16BE(cylinders, 56);
  footer.writeUInt8(heads, 58);
  footer.writeUInt8(sectorsPerTrack, 59);
  footer.writeUInt32BE(types[type], 60);
  derivedUuid(seed, 'vhd').copy(footer, 68);
  footer.writeUInt32BE(checksum(footer), 64);
  return footer;
}

/** Two sectors; `tableAt` in bytes. */
export function dynamicHeader(tableAt: number, blocks: number, blockSize: number): Buffer {
  const header = Buffer.alloc(dynamicHeaderSize);
  header.write('cxsparse', 0, 'latin1');
  header.writeBigUInt64BE(none, 8);
  header.writeBigUInt64BE(BigInt(tableAt), 16);
  header.writeUInt32BE(version, 24);
  header.writeUInt32BE(blocks, 28);
  header.writeUInt32BE(blockSize, 32);
  header.writeUInt32BE(checksum(header), 36);
  return header;
}

/** Over bytes whose checksum field is still zero. */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  return ~sum >>> 0;
}
