import { loginGuest } from './login-guest.ts';

/**
 * A boot sector that adds one to a letter in itself, writes itself back to the disk, and then shows
 * `boot B`, `boot C` ... and a login prompt: whoever starts it from the same disk again sees how often that was done.
 * At one of these boots it can do something else instead, by itself.
 */
export function countingGuest(instead?: {
  readonly boot: string;
  readonly does: keyof typeof actions;
}): Buffer {
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
    ...(instead ? atBoot(letter, instead.boot, actions[instead.does]) : []),
  ]);
  return loginGuest(text, before);
}

function atBoot(letter: number, boot: string, action: readonly number[]): readonly number[] {
  return [
    ...[0x80, 0x3e, letter & 0xff, letter >> 8, boot.charCodeAt(0)], // cmp byte [letter], boot
    ...[0x75, action.length], // jne behind the action
    ...action,
  ];
}

const actions = {
  restart: [0xb0, 0xfe, 0xe6, 0x64, 0xf4], // mov al, 0xfe; out 0x64, al: the keyboard controller's reset; hlt
  'switch off': [0xba, 0x04, 0x06, 0xb8, 0x00, 0x20, 0xef, 0xf4], // mov dx, 0x604; mov ax, 0x2000; out dx, ax; hlt
};
