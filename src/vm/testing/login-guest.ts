/**
 * A boot sector that writes `tiny login: ` to the first serial port and waits; Ctrl-Alt-Del is the firmware's to
 * answer, so it restarts and writes again. The text begins at 0x7c60, where the firmware loads byte 96 of the sector.
 * `before`: machine code that runs first.
 */
export function loginGuest(text = '\r\ntiny login: ', before: Uint8Array = Buffer.alloc(0)): Buffer {
  const sector = Buffer.alloc(512);
  Buffer.from([
    ...before,
    ...[0x31, 0xc0, 0x8e, 0xd8], // xor ax, ax; mov ds, ax
    ...[0xbe, 0x60, 0x7c], // mov si, 0x7c60
    ...[0xba, 0xf8, 0x03], // mov dx, 0x3f8
    ...[0xac], // next: lodsb
    ...[0x84, 0xc0], // test al, al
    ...[0x74, 0x03], // jz wait
    ...[0xee], // out dx, al
    ...[0xeb, 0xf8], // jmp next
    ...[0xfb, 0xf4, 0xeb, 0xfd], // wait: sti; hlt; jmp wait + 1
  ]).copy(sector);
  sector.write(text, 96, 'latin1');
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}
