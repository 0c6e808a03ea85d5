import { none, sectorSize } from './format.ts';

const magic = 0xfeedbabe;
const firstCycle = 1;
const littleEndian = 1;
const bufferSize = 32_768;
/** What a sector begins with is kept elsewhere, for its cycle takes that place. */
const clientId = 0xb0c0d0d0;

/** The start of a log of which all else is zeros: one record, that the file system was unmounted. */
export function cleanLog(uuid: Buffer): Buffer {
  const bytes = Buffer.alloc(2 * sectorSize);
  const u32 = (at: number, value: number) => bytes.writeUInt32BE(value, at);
  u32(0, magic);
  u32(4, firstCycle);
  u32(8, 2); // version
  u32(12, sectorSize); // length of what follows
  u32(16, firstCycle); // this record
  u32(24, firstCycle); // the first that matters
  u32(36, none); // nothing before
  u32(40, 1); // operations
  u32(44, clientId);
  u32(300, littleEndian);
  uuid.copy(bytes, 304);
  u32(320, bufferSize);
  const operation = bytes.subarray(sectorSize);
  operation.writeUInt32BE(firstCycle, 0);
  operation.writeUInt32BE(8, 4); // length
  operation[8] = 0xaa; // the log itself
  operation[9] = 0x20; // unmounted
  operation.writeUInt16LE(0x556e, 12);
  return bytes;
}
