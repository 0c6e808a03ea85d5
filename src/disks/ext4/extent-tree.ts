import { crc32c } from '../tree/crc32c.ts';
import type { Extent } from '../tree/extents.ts';
import { blockSize } from './geometry.ts';

/** Longer ones would mean "not yet written". */
export const longestExtent = 32_768;
const magic = 0xf30a;
const headerSize = 12;
const entrySize = 12;
const perInode = 4;
const perBlock = Math.floor((blockSize - headerSize - 4) / entrySize);

/** A node of the tree: extents at depth 0, else blocks with nodes. */
interface Entry {
  readonly logical: number;
  readonly physical: number;
  readonly count: number;
}

/**
 * Writes the root into the inode's 60 bytes, and blocks of extents, at places that `place` gives, where they do not
 * fit into it. Returns how many blocks it took.
 */
export function writeExtents(
  content: Buffer,
  extents: readonly Extent[],
  { seed, place }: { readonly seed: number; readonly place: (block: Buffer) => number },
): number {
  let level: readonly Entry[] = extents;
  let depth = 0;
  let blocks = 0;
  while (level.length > perInode) {
    const above: Entry[] = [];
    for (let at = 0; at < level.length; at += perBlock) {
      const entries = level.slice(at, at + perBlock);
      const block = Buffer.alloc(blockSize);
      writeNode(block, entries, { depth, most: perBlock });
      const tail = headerSize + perBlock * entrySize;
      block.writeUInt32LE(crc32c(seed, block, 0, tail), tail);
      above.push({ logical: entries[0]?.logical ?? 0, physical: place(block), count: 0 });
      blocks++;
    }
    level = above;
    depth++;
  }
  writeNode(content, level, { depth, most: perInode });
  return blocks;
}

function writeNode(
  node: Buffer,
  entries: readonly Entry[],
  { depth, most }: { readonly depth: number; readonly most: number },
): void {
  node.writeUInt16LE(magic, 0);
  node.writeUInt16LE(entries.length, 2);
  node.writeUInt16LE(most, 4);
  node.writeUInt16LE(depth, 6);
  let at = headerSize;
  for (const { logical, physical, count } of entries) {
    node.writeUInt32LE(logical, at);
    const low = physical % 2 ** 32;
    const high = Math.floor(physical / 2 ** 32);
    if (depth === 0) {
      node.writeUInt16LE(count, at + 4);
      node.writeUInt16LE(high, at + 6);
      node.writeUInt32LE(low, at + 8);
    } else {
      node.writeUInt32LE(low, at + 4);
      node.writeUInt16LE(high, at + 8);
    }
    at += entrySize;
  }
}
