/**
 * A numeric header field: octal digits between spaces and NULs, or base-256 (GNU) if the top bit is set.
 * `undefined` for anything else, and for what a JavaScript number cannot hold exactly.
 */
export function readNumber(block: Buffer, at: number, length: number): number | undefined {
  const first = block[at] ?? 0;
  if (first & 0x80) return readBase256(block, at, length, first);
  let index = at;
  const end = at + length;
  while (index < end && block[index] === 0x20) index++;
  let value = 0;
  for (; index < end; index++) {
    const digit = (block[index] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  for (; index < end; index++) {
    const byte = block[index];
    if (byte !== 0 && byte !== 0x20) return undefined;
  }
  return value;
}

function readBase256(block: Buffer, at: number, length: number, first: number): number | undefined {
  const negative = (first & 0x40) !== 0;
  let value = negative ? first - 0x100 : first & 0x3f;
  for (let index = at + 1; index < at + length; index++) {
    value = value * 256 + (block[index] ?? 0);
    if (!Number.isSafeInteger(value)) return undefined;
  }
  return value;
}

/** `digits` octal digits and a NUL. */
export function writeOctal(block: Buffer, at: number, digits: number, value: number): void {
  let rest = value;
  for (let index = at + digits - 1; index >= at; index--) {
    block[index] = 0x30 + (rest % 8);
    rest = Math.floor(rest / 8);
  }
  block[at + digits] = 0;
}

/** Sum of the block's bytes with the checksum field taken as spaces. */
export function checksum(block: Buffer, at: number): number {
  let sum = 8 * 0x20;
  for (let index = at; index < at + 148; index++) sum += block[index] as number;
  for (let index = at + 156; index < at + 512; index++) sum += block[index] as number;
  return sum;
}
