/**
 * A static program for amd64 of one system call: it exits with the error number, or with 0 if the call was let through.
 * `text` is at `textAddress`, for calls that want a path or a structure.
 */
export function syscallProgram(call: number, args: readonly (number | bigint)[], text = ''): Buffer {
  const code = Buffer.concat([
    ...args.map((arg, index) => Buffer.concat([registers[index] as Buffer, quad(BigInt(arg))])),
    Buffer.from([0x48, 0xb8]), // mov rax, call
    quad(BigInt(call)),
    Buffer.from([0x0f, 0x05]), // syscall
    Buffer.from([0x31, 0xff]), // xor edi, edi
    Buffer.from([0x48, 0x85, 0xc0]), // test rax, rax
    Buffer.from([0x79, 0x04]), // jns over the next
    Buffer.from([0xf7, 0xd8, 0x89, 0xc7]), // neg eax; mov edi, eax
    Buffer.from([0xb8, 0x3c, 0, 0, 0, 0x0f, 0x05]), // exit(edi)
  ]);
  const body = Buffer.alloc(textOffset);
  header(textOffset + text.length + 1).copy(body);
  if (codeOffset + code.length > textOffset) throw new Error('the program is too long');
  code.copy(body, codeOffset);
  return Buffer.concat([body, Buffer.from(`${text}\0`, 'latin1')]);
}

const base = 0x400000;
const codeOffset = 0x78;
const textOffset = 0x200;
export const textAddress: number = base + textOffset;

/** mov rdi, rsi, rdx, r10, r8, r9. */
const registers = [
  [0x48, 0xbf],
  [0x48, 0xbe],
  [0x48, 0xba],
  [0x49, 0xba],
  [0x49, 0xb8],
  [0x49, 0xb9],
].map((bytes) => Buffer.from(bytes));

function quad(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

/** ELF header and one segment: readable, writable, executable. */
function header(size: number): Buffer {
  const bytes = Buffer.alloc(codeOffset);
  bytes.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  bytes.writeUInt16LE(2, 16);
  bytes.writeUInt16LE(62, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(BigInt(base + codeOffset), 24);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(64, 52);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  bytes.writeUInt32LE(1, 64);
  bytes.writeUInt32LE(7, 68);
  bytes.writeBigUInt64LE(BigInt(base), 80);
  bytes.writeBigUInt64LE(BigInt(base), 88);
  bytes.writeBigUInt64LE(BigInt(size), 96);
  bytes.writeBigUInt64LE(BigInt(size), 104);
  bytes.writeBigUInt64LE(0x1000n, 112);
  return bytes;
}
