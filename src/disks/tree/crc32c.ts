/** Castagnoli's polynomial, bits reversed. */
const polynomial = 0x82f63b78;
const tables = makeTables();

/**
 * CRC-32C as file systems use it: a plain continuation from `seed`, without the final inversion.
 */
export function crc32c(seed: number, bytes: Uint8Array, start = 0, end = bytes.length): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;
  let crc = seed | 0;
  let at = start;
  for (const last = end - 7; at < last; at += 8) {
    const low =
      crc ^
      ((bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24));
    crc =
      (t7[low & 0xff] as number) ^
      (t6[(low >>> 8) & 0xff] as number) ^
      (t5[(low >>> 16) & 0xff] as number) ^
      (t4[low >>> 24] as number) ^
      (t3[bytes[at + 4] as number] as number) ^
      (t2[bytes[at + 5] as number] as number) ^
      (t1[bytes[at + 6] as number] as number) ^
      (t0[bytes[at + 7] as number] as number);
  }
  for (; at < end; at++) crc = (t0[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  return crc >>> 0;
}

/** Eight bytes are looked up at once: table n holds the effect of a byte that n others follow. */
function makeTables() {
  const plain = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    return crc;
  });
  const following = (table: Int32Array) => table.map((crc) => (plain[crc & 0xff] as number) ^ (crc >>> 8));
  const one = following(plain);
  const two = following(one);
  const three = following(two);
  const four = following(three);
  const five = following(four);
  const six = following(five);
  return [plain, one, two, three, four, five, six, following(six)] as const;
}
