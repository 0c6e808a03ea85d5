/** https://www.qemu.org/docs/master/interop/qcow2.html, version 3 */
export const clusterBits = 16;
export const clusterSize = 1 << clusterBits;
/** Eight-byte entries in a cluster: of a first or second level table. */
export const entriesPerTable = clusterSize / 8;
export const refcountsPerBlock = clusterSize / 2;

const headerLength = 112;
const compressionBit = 3;
const featureNames = 0x6803f857;

/** Offsets in bytes. */
export interface HeaderFields {
  readonly size: number;
  readonly l1Entries: number;
  readonly l1Offset: number;
  readonly refcountTableOffset: number;
  readonly refcountTableClusters: number;
  readonly zstd: boolean;
}

/** One cluster. */
export function qcow2Header(fields: HeaderFields): Buffer {
  const header = Buffer.alloc(clusterSize);
  header.write('QFI\xfb', 0, 'latin1');
  header.writeUInt32BE(3, 4);
  header.writeUInt32BE(clusterBits, 20);
  header.writeBigUInt64BE(BigInt(fields.size), 24);
  header.writeUInt32BE(fields.l1Entries, 36);
  header.writeBigUInt64BE(BigInt(fields.l1Offset), 40);
  header.writeBigUInt64BE(BigInt(fields.refcountTableOffset), 48);
  header.writeUInt32BE(fields.refcountTableClusters, 56);
  header.writeUInt32BE(Math.log2(16), 96);
  header.writeUInt32BE(headerLength, 100);
  if (fields.zstd) requireZstd(header);
  return header;
}

/** The feature's name is for a QEMU too old to know it: it says the name when it refuses. */
function requireZstd(header: Buffer): void {
  header.writeBigUInt64BE(1n << BigInt(compressionBit), 72);
  header.writeUInt8(1, 104);
  header.writeUInt32BE(featureNames, headerLength);
  header.writeUInt32BE(48, headerLength + 4);
  header.writeUInt8(0, headerLength + 8);
  header.writeUInt8(compressionBit, headerLength + 9);
  header.write('compression type', headerLength + 10, 46, 'latin1');
}
