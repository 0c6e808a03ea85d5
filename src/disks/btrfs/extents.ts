import type { Extent } from '../tree/extents.ts';
import { blockGroupItem, type Chunk } from './chunks.ts';
import { generation, type Item, itemTypes, key, sectorSize, treeIds, writeU64 } from './format.ts';

/** A block of a tree. */
export interface TreeBlock {
  readonly address: number;
  readonly level: number;
  readonly tree: number | bigint;
}

export interface Allocated {
  /** Ascending. */
  readonly chunks: readonly Chunk[];
  /** Ascending. */
  readonly blocks: readonly TreeBlock[];
  /** By file, ascending in their places. */
  readonly content: ReadonlyMap<number, readonly Extent[]>;
}

/** Sectors of one extent of data. */
export const longestExtent = 32_768;

const dataFlag = 1;
const treeBlockFlag = 2;
const treeBlockReference = 176;
const dataReference = 178;

/** The items of the extent tree: what every byte in use belongs to, and how much of each chunk is in use. */
export function* extentItems({ chunks, blocks, content }: Allocated): Generator<Item> {
  const [system, ...others] = chunks as [Chunk, ...Chunk[]];
  const inSystem = (block: TreeBlock) => block.address < system.start + system.length;
  yield* withChunks([system], blocksItems(blocks.filter(inSystem)));
  const data = others.filter(({ type }) => type === 'data');
  yield* withChunks(data, contentItems(content));
  const metadata = others.filter(({ type }) => type === 'metadata');
  yield* withChunks(metadata, blocksItems(blocks.filter((block) => !inSystem(block))));
}

interface Placed {
  readonly address: number;
  readonly item: Item;
}

/** A chunk's own item follows what lies at its start. */
function* withChunks(chunks: readonly Chunk[], placed: Iterable<Placed>): Generator<Item> {
  let next = 0;
  for (const { address, item } of placed) {
    for (let chunk = chunks[next]; chunk && chunk.start < address; chunk = chunks[++next]) {
      yield blockGroupItem(chunk);
    }
    yield item;
  }
  for (const chunk of chunks.slice(next)) yield blockGroupItem(chunk);
}

function* blocksItems(blocks: readonly TreeBlock[]): Generator<Placed> {
  for (const { address, level, tree } of blocks) {
    const data = Buffer.alloc(33);
    writeHead(data, treeBlockFlag);
    data.writeUInt8(treeBlockReference, 24);
    writeU64(data, tree, 25);
    yield { address, item: { key: key(address, itemTypes.metadata, level), data } };
  }
}

function* contentItems(content: Allocated['content']): Generator<Placed> {
  for (const [inode, extents] of content) {
    for (const { logical, physical, count } of extents) {
      const data = Buffer.alloc(53);
      writeHead(data, dataFlag);
      data.writeUInt8(dataReference, 24);
      writeU64(data, treeIds.files, 25);
      writeU64(data, inode, 33);
      writeU64(data, logical * sectorSize, 41);
      data.writeUInt32LE(1, 49);
      const address = physical * sectorSize;
      yield { address, item: { key: key(address, itemTypes.extent, count * sectorSize), data } };
    }
  }
}

/** One reference, one generation. */
function writeHead(data: Buffer, flag: number): void {
  writeU64(data, 1, 0);
  writeU64(data, generation, 8);
  writeU64(data, flag, 16);
}
