/** What Linux writes into the mode of an inode, and into what a folder says of it. */
export const fileTypes = {
  fifo: { mode: 0x1000, entry: 5 },
  char: { mode: 0x2000, entry: 3 },
  directory: { mode: 0x4000, entry: 2 },
  block: { mode: 0x6000, entry: 4 },
  file: { mode: 0x8000, entry: 1 },
  symlink: { mode: 0xa000, entry: 7 },
} as const;

export type InodeType = keyof typeof fileTypes;
