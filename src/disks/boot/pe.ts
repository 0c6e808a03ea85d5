/** Programs for UEFI. Source: Microsoft's PE Format, PE32+ only. */
export interface Pe {
  /** Where the COFF header begins. */
  readonly coff: number;
  /** Where the optional header begins. */
  readonly optional: number;
  /** Where the first section header is. */
  readonly sections: number;
  readonly sectionCount: number;
}

export const sectionHeaderSize = 40;

/** Offsets in the optional header. */
export const optionalHeader = {
  sizeOfInitializedData: 8,
  fileAlignment: 36,
  sizeOfImage: 56,
  sizeOfHeaders: 60,
  checkSum: 64,
  certificateTable: 112 + 4 * 8,
} as const;

/** Undefined where the bytes are no such program. */
export function readPe(bytes: Buffer): Pe | undefined {
  if (bytes.length < 64 || bytes.toString('latin1', 0, 2) !== 'MZ') return undefined;
  const start = bytes.readUInt32LE(0x3c);
  const optional = start + 24;
  if (bytes.length < optional + 240 || bytes.toString('latin1', start, start + 4) !== 'PE\0\0')
    return undefined;
  const coff = start + 4;
  if (bytes.readUInt16LE(optional) !== 0x20b) return undefined;
  const sectionCount = bytes.readUInt16LE(coff + 2);
  const sections = optional + bytes.readUInt16LE(coff + 16);
  if (bytes.length < sections + sectionCount * sectionHeaderSize) return undefined;
  return { coff, optional, sections, sectionCount };
}

/** Whether it carries a signature, whosever that is. */
export function isSigned(bytes: Buffer): boolean {
  const pe = readPe(bytes);
  return pe !== undefined && bytes.readUInt32LE(pe.optional + optionalHeader.certificateTable + 4) > 0;
}
