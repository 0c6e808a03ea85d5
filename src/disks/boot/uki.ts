import { optionalHeader, type Pe, readPe, sectionHeaderSize } from './pe.ts';

export interface UnifiedKernel {
  /** `linuxx64.efi.stub` of systemd. */
  readonly stub: Buffer;
  readonly osRelease: Buffer;
  readonly commandLine: string;
  readonly kernel: Buffer;
  readonly initrd?: Buffer | undefined;
}

/** Where sections lie in memory is a multiple of it, whatever the stub's own sections do. */
const page = 4096;
const alignments = [512, 1024, 2048, 4096];
/** Bytes in memory. */
const largestStub = 2 ** 30;
const initialisedReadable = 0x4000_0040;

/**
 * A Unified Kernel Image: a program for UEFI that is kernel, initramfs and command line in one. Source: UAPI.5. The
 * kernel comes last, because it may unpack itself over what follows. Undefined where the stub is none.
 */
export function unifiedKernel({
  stub,
  osRelease,
  commandLine,
  kernel,
  initrd,
}: UnifiedKernel): Buffer | undefined {
  return addSections(stub, [
    { name: '.osrel', content: osRelease },
    { name: '.cmdline', content: Buffer.from(commandLine) },
    ...(initrd ? [{ name: '.initrd', content: initrd }] : []),
    { name: '.linux', content: kernel },
  ]);
}

interface Section {
  /** Up to 8 characters. */
  readonly name: string;
  readonly content: Buffer;
}

function addSections(program: Buffer, added: readonly Section[]): Buffer | undefined {
  const pe = readPe(program);
  if (!pe) return undefined;
  const field = (offset: number) => program.readUInt32LE(pe.optional + offset);
  const headersEnd = pe.sections + (pe.sectionCount + added.length) * sectionHeaderSize;
  const fileAlignment = field(optionalHeader.fileAlignment);
  const end = endInMemory(program, pe);
  if (headersEnd > Math.min(field(optionalHeader.sizeOfHeaders), program.length)) return undefined;
  if (!alignments.includes(fileAlignment) || end > largestStub) return undefined;
  const head = Buffer.from(program);
  const parts = [head, zeros(aligned(head.length, fileAlignment) - head.length)];
  let address = aligned(end, page);
  let place = aligned(head.length, fileAlignment);
  let size = 0;
  for (const [index, { name, content }] of added.entries()) {
    const stored = aligned(content.length, fileAlignment);
    const at = pe.sections + (pe.sectionCount + index) * sectionHeaderSize;
    head.fill(0, at, at + sectionHeaderSize);
    head.write(name, at, 8, 'latin1');
    head.writeUInt32LE(content.length, at + 8);
    head.writeUInt32LE(address, at + 12);
    head.writeUInt32LE(stored, at + 16);
    head.writeUInt32LE(place, at + 20);
    head.writeUInt32LE(initialisedReadable, at + 36);
    parts.push(content, zeros(stored - content.length));
    address = aligned(address + content.length, page);
    place += stored;
    size += stored;
  }
  head.writeUInt16LE(pe.sectionCount + added.length, pe.coff + 2);
  const set = (offset: number, value: number) => head.writeUInt32LE(value, pe.optional + offset);
  set(optionalHeader.sizeOfInitializedData, field(optionalHeader.sizeOfInitializedData) + size);
  set(optionalHeader.sizeOfImage, address);
  set(optionalHeader.checkSum, 0);
  const image = Buffer.concat(parts);
  image.writeUInt32LE(checkSum(image), pe.optional + optionalHeader.checkSum);
  return image;
}

function endInMemory(program: Buffer, { sections, sectionCount }: Pe): number {
  const ends = Array.from({ length: sectionCount }, (_, index) => {
    const at = sections + index * sectionHeaderSize;
    return program.readUInt32LE(at + 8) + program.readUInt32LE(at + 12);
  });
  return Math.max(0, ...ends);
}

/** Sum of all 16-bit words with the carry added again, and the length. The field itself is 0 at this time. */
function checkSum(image: Buffer): number {
  const words = new Uint16Array(image.buffer, image.byteOffset, image.length >> 1);
  let sum = 0;
  for (const word of words) sum += word;
  while (sum > 0xffff) sum = (sum % 0x1_0000) + Math.floor(sum / 0x1_0000);
  return sum + image.length;
}

function aligned(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}

function zeros(length: number): Buffer {
  return Buffer.alloc(length);
}
