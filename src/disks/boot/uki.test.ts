import { describe, expect, it } from 'vitest';
import { isSigned, readPe } from './pe.ts';
import { unifiedKernel } from './uki.ts';

const headers = 0x400;

/** A program with one section of code, as linkers write it; `certificates`: bytes of signatures. */
function program({ room = headers, certificates = 0 } = {}): Buffer {
  const bytes = Buffer.alloc(headers + 0x200);
  bytes.write('MZ', 0);
  bytes.writeUInt32LE(0x80, 0x3c);
  bytes.write('PE\0\0', 0x80);
  bytes.writeUInt16LE(1, 0x86);
  bytes.writeUInt16LE(240, 0x94);
  bytes.writeUInt16LE(0x20b, 0x98);
  bytes.writeUInt32LE(0x200, 0x98 + 32);
  bytes.writeUInt32LE(0x200, 0x98 + 36);
  bytes.writeUInt32LE(0x4200, 0x98 + 56);
  bytes.writeUInt32LE(room, 0x98 + 60);
  bytes.writeUInt32LE(certificates, 0x98 + 148);
  bytes.write('.text', 0x188);
  for (const [index, value] of [0x123, 0x4000, 0x200, headers].entries())
    bytes.writeUInt32LE(value, 0x190 + 4 * index);
  bytes.fill(0x90, headers);
  return bytes;
}

const parts = {
  stub: program(),
  osRelease: Buffer.from('ID=debian\n'),
  commandLine: 'root=UUID=1 ro',
  kernel: Buffer.alloc(5000, 'k'),
  initrd: Buffer.alloc(4097, 'i'),
};

function sectionsOf(image: Buffer) {
  const { sections, sectionCount } = readPe(image) ?? { sections: 0, sectionCount: 0 };
  return Array.from({ length: sectionCount }, (_, index) => {
    const at = sections + 40 * index;
    const [size, address, stored, place] = [8, 12, 16, 20].map((field) => image.readUInt32LE(at + field));
    const content = image.subarray(place, (place ?? 0) + (size ?? 0));
    return { name: image.toString('latin1', at, at + 8).replace(/\0+$/, ''), address, stored, content };
  });
}

describe('a Unified Kernel Image', () => {
  const image = unifiedKernel(parts) ?? Buffer.alloc(0);

  it('has its parts in sections that do not overlap, the kernel last', () => {
    expect(sectionsOf(image).map(({ name, address, stored }) => [name, address, stored])).toEqual([
      ['.text', 0x4000, 0x200],
      ['.osrel', 0x5000, 0x200],
      ['.cmdline', 0x6000, 0x200],
      ['.initrd', 0x7000, 0x1200],
      ['.linux', 0x9000, 0x1400],
    ]);
    const contents = sectionsOf(image).map(({ content }) => content);
    const expected = [parts.osRelease, Buffer.from(parts.commandLine), parts.initrd, parts.kernel];
    expect(contents.slice(1)).toEqual(expected);
    expect(image.readUInt32LE(0x98 + 56)).toBe(0xb000);
  });

  it('has the checksum that Windows counts', () => {
    const bytes = Buffer.from(image);
    const found = bytes.readUInt32LE(0x98 + 64);
    bytes.writeUInt32LE(0, 0x98 + 64);
    let sum = 0;
    for (let at = 0; at < bytes.length; at += 2) {
      sum += bytes.readUInt16LE(at);
      sum = (sum & 0xffff) + (sum >> 16);
    }
    expect(found).toBe(sum + bytes.length);
  });

  it('needs no initramfs', () => {
    const without = unifiedKernel({ ...parts, initrd: undefined }) ?? Buffer.alloc(0);
    expect(sectionsOf(without).map(({ name }) => name)).toEqual(['.text', '.osrel', '.cmdline', '.linux']);
  });

  it('is not made of what is no program, or has no room for sections', () => {
    expect(unifiedKernel({ ...parts, stub: Buffer.from('no program') })).toBeUndefined();
    expect(unifiedKernel({ ...parts, stub: program().subarray(0, 0x100) })).toBeUndefined();
    expect(unifiedKernel({ ...parts, stub: program({ room: 0x200 }) })).toBeUndefined();
    const odd = program();
    odd.writeUInt32LE(0, 0x98 + 36);
    expect(unifiedKernel({ ...parts, stub: odd })).toBeUndefined();
    expect(unifiedKernel({ ...parts, stub: program({ room: 2 ** 31 }).subarray(0, 0x1b0) })).toBeUndefined();
  });
});

it('a program is known to be signed or not', () => {
  expect(isSigned(program())).toBe(false);
  expect(isSigned(program({ certificates: 8 }))).toBe(true);
  expect(isSigned(Buffer.from('MZ'))).toBe(false);
});
