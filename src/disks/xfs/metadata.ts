import { blockSize } from '../extents.ts';
import type { BlockSource } from '../tree/block-writer.ts';
import { addExtent, type Extent } from '../tree/extents.ts';
import type { DiskTarget } from '../types.ts';
import { type ForkBlock, type HeaderLayout, seal, sectorSize, writeU64 } from './format.ts';

/** As many blocks as an extent can count. */
export const longestExtent = 2 ** 21 - 1;

/** Blocks that know their place and their owner. */
export interface Metadata {
  /** Places for so many blocks. */
  reserve(count: number): number[];
  /** `owner`: an inode, or a group where the block is of a tree of that. */
  write(place: number, bytes: Buffer, header: HeaderLayout, owner: number): void;
  /** Blocks of an inode; where they came to lie. */
  store(blocks: readonly ForkBlock[], owner: number): Extent[];
}

export interface MetadataOptions {
  readonly target: DiskTarget;
  readonly source: BlockSource;
  /** Nothing is written from this block on. */
  readonly limit: number;
  readonly uuid: Buffer;
}

export function createMetadata({ target, source, limit, uuid }: MetadataOptions): Metadata {
  const write: Metadata['write'] = (place, bytes, header, owner) => {
    writeU64(bytes, (place * blockSize) / sectorSize, header.place);
    uuid.copy(bytes, header.uuid);
    if (header.ownerSize === 4) bytes.writeUInt32BE(owner, header.owner);
    else writeU64(bytes, owner, header.owner);
    seal(bytes, header.checksum);
    if (place < limit) target.write(place * blockSize, bytes);
  };
  const reserve = (count: number) => Array.from({ length: count }, () => source.take(1).start);
  return {
    reserve,
    write,
    store(blocks, owner) {
      const extents: Extent[] = [];
      for (const { logical, bytes, header } of blocks) {
        const [place] = reserve(1) as [number];
        write(place, bytes, header, owner);
        addExtent(extents, { logical, physical: place, count: 1 }, longestExtent);
      }
      return extents;
    },
  };
}
