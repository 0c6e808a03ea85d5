import { createHash } from 'node:crypto';

/** Sixteen bytes of an RFC 9562 UUID (version 8) in network order, the same for the same seed and purpose. */
export function derivedUuid(seed: string, purpose: string): Buffer {
  const bytes = derivedBytes(seed, purpose, 16);
  bytes[6] = 0x80 | ((bytes[6] as number) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  return bytes;
}

/** The first `length` bytes, 32 at most. */
export function derivedBytes(seed: string, purpose: string, length: number): Buffer {
  return createHash('sha256').update(`gild-disk-format\0${purpose}\0${seed}`).digest().subarray(0, length);
}

/** As Microsoft's formats store it: the first three fields in little-endian order. */
export function guid(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

/** `6ba7b810-9dad-81d1-80b4-00c04fd430c8`, of 16 bytes in network order. */
export function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
