/** "Virtual Disk Format 5.0" of VMware: hosted sparse extents. All addresses are in sectors of 512 bytes. */
export const sectorSize = 512;
export const grainSectors = 128;
export const grainSize = grainSectors * sectorSize;
export const grainsPerTable = 512;
export const tableSize = grainsPerTable * 4;
export const descriptorSectors = 20;
/** Says: "see the copy of this header at the end". */
export const directoryAtEnd = 0xffff_ffff_ffff_ffffn;

const newlineTest = 1;
const redundantDirectory = 2;
const compressedGrains = 0x1_0000;
const markers = 0x2_0000;

export interface SparseHeader {
  readonly capacity: number;
  readonly directory: number | typeof directoryAtEnd;
  readonly redundantDirectory: number;
  /** Sectors before the first grain. */
  readonly overhead: number;
  readonly compressed: boolean;
}

/** One sector. */
export function sparseHeader(fields: SparseHeader): Buffer {
  const header = Buffer.alloc(sectorSize);
  header.write('KDMV', 0, 'latin1');
  header.writeUInt32LE(fields.compressed ? 3 : 1, 4);
  header.writeUInt32LE(
    fields.compressed ? newlineTest | compressedGrains | markers : newlineTest | redundantDirectory,
    8,
  );
  header.writeBigUInt64LE(BigInt(fields.capacity), 12);
  header.writeBigUInt64LE(BigInt(grainSectors), 20);
  header.writeBigUInt64LE(1n, 28);
  header.writeBigUInt64LE(BigInt(descriptorSectors), 36);
  header.writeUInt32LE(grainsPerTable, 44);
  header.writeBigUInt64LE(BigInt(fields.redundantDirectory), 48);
  header.writeBigUInt64LE(BigInt(fields.directory), 56);
  header.writeBigUInt64LE(BigInt(fields.overhead), 64);
  header.write('\n \r\n', 73, 'latin1');
  header.writeUInt16LE(fields.compressed ? 1 : 0, 77);
  return header;
}

/** Zeros up to a whole sector. */
export function toSectors(bytes: Buffer): Buffer {
  const missing = (sectorSize - (bytes.length % sectorSize)) % sectorSize;
  return missing === 0 ? bytes : Buffer.concat([bytes], bytes.length + missing);
}
