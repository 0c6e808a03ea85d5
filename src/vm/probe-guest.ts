/** What the probe guest makes QEMU exit with: `isa-debug-exit` turns a value into twice itself plus one. */
export const probeExitCode = 0x2a * 2 + 1;

/** A boot sector that does nothing but end its machine: `mov al, 0x2a; out 0xf4, al; hlt; jmp $-1`. */
export function probeGuest(): Buffer {
  const sector = Buffer.alloc(512);
  Buffer.from([0xb0, 0x2a, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd]).copy(sector);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}
