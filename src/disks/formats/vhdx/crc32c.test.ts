import { expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';

it('gives the check value of RFC 3720', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe306_9283);
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a91_36aa);
});
