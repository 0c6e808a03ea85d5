import { loginGuest } from './login-guest.ts';

/**
 * A boot sector that adds one to a letter in itself, writes itself back to the disk, and then shows
 * `boot B`, `boot C` ... and a login prompt: whoever starts it from the same disk again sees how often that was done.
 */
export function countingGuest(): Buffer {
  const text = '\r\nboot A\r\ntiny login: ';
  const letter = 0x7c60 + text.indexOf('A');
  const before = Buffer.from([
    ...[0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xc0], // xor ax, ax; mov ds, ax; mov es, ax
    ...[0xfe, 0x06, letter & 0xff, letter >> 8], // inc byte [letter]
    ...[0xb8, 0x01, 0x03], // mov ax, 0x0301: write one sector
    ...[0xbb, 0x00, 0x7c], // mov bx, 0x7c00: this one
    ...[0xb9, 0x01, 0x00], // mov cx, 1: the first of the disk
    ...[0xba, 0x80, 0x00], // mov dx, 0x80: of the first disk
    ...[0xcd, 0x13], // int 0x13
  ]);
  return loginGuest(text, before);
}
