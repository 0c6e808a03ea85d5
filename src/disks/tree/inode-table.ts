const perChunk = 4096;

/** All inodes of a file system, by number from 1, in memory until their number is known. */
export interface InodeTable {
  /** The number of a new inode. */
  add(): number;
  /** The bytes of an inode, to read and to change. */
  at(number: number): Buffer;
  /** Of the highest inode in use. */
  readonly last: number;
}

export interface InodeTableOptions {
  /** The number of the first new inode. */
  readonly first: number;
  /** Bytes of each. */
  readonly size: number;
}

export function createInodeTable({ first, size }: InodeTableOptions): InodeTable {
  const chunks: Buffer[] = [];
  let last = first - 1;
  const at = (number: number): Buffer => {
    const index = number - 1;
    const chunk = Math.floor(index / perChunk);
    while (chunks.length <= chunk) chunks.push(Buffer.alloc(perChunk * size));
    const start = (index % perChunk) * size;
    return (chunks[chunk] as Buffer).subarray(start, start + size);
  };
  return {
    at,
    add: () => ++last,
    get last() {
      return last;
    },
  };
}
