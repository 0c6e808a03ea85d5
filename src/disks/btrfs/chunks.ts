import {
  type BlockGroupType,
  blockGroupFlags,
  deviceId,
  firstChunkTree,
  type Item,
  itemTypes,
  key,
  sectorSize,
  treeIds,
  writeU64,
} from './format.ts';
import { roundUp, type Space, systemLength, systemStart } from './space.ts';

/** A range of addresses for one kind of content; addresses are places on the device. */
export interface Chunk {
  readonly type: BlockGroupType;
  readonly start: number;
  readonly length: number;
  /** Bytes in use, all at its start. */
  readonly used: number;
}

export interface Device {
  /** Of the device. */
  readonly uuid: Buffer;
  readonly fileSystemUuid: Buffer;
  readonly chunkTreeUuid: Buffer;
  /** Bytes. */
  readonly size: number;
}

const stripeLength = 65_536;
const mebibyte = 2 ** 20;

/** All chunks but the last are whole; that one is as long as what is in it, and about `spare` bytes. */
export function chunksOf(space: Space, type: BlockGroupType, spare = 0): Chunk[] {
  return space.chunks.map(({ start, used, end }, index) => {
    const last = index === space.chunks.length - 1;
    const length = last ? Math.min(Math.max(mebibyte, roundUp(used + spare)), end - start) : end - start;
    return { type, start, length, used };
  });
}

export function systemChunk(used: number): Chunk {
  return { type: 'system', start: systemStart, length: systemLength, used };
}

/** The items of the chunk tree. */
export function chunkItems(chunks: readonly Chunk[], device: Device): Item[] {
  const own = { key: key(1, itemTypes.device, deviceId), data: deviceData(chunks, device) };
  return [own, ...chunks.map((chunk) => chunkItem(chunk, device))];
}

export function chunkItem(chunk: Chunk, device: Device): Item {
  return { key: key(firstChunkTree, itemTypes.chunk, chunk.start), data: chunkData(chunk, device) };
}

/** What the superblock and the chunk tree say of the device. */
export function deviceData(chunks: readonly Chunk[], { uuid, fileSystemUuid, size }: Device): Buffer {
  const data = Buffer.alloc(98);
  writeU64(data, deviceId, 0);
  writeU64(data, size, 8);
  writeU64(
    data,
    chunks.reduce((sum, { length }) => sum + length, 0),
    16,
  );
  for (const at of [24, 28, 32]) data.writeUInt32LE(sectorSize, at);
  uuid.copy(data, 66);
  fileSystemUuid.copy(data, 82);
  return data;
}

/** The items of the device tree. */
export function deviceItems(chunks: readonly Chunk[], { chunkTreeUuid }: Device): Item[] {
  return chunks.map(({ start, length }) => {
    const data = Buffer.alloc(48);
    writeU64(data, treeIds.chunks, 0);
    writeU64(data, firstChunkTree, 8);
    writeU64(data, start, 16);
    writeU64(data, length, 24);
    chunkTreeUuid.copy(data, 32);
    return { key: key(deviceId, itemTypes.deviceExtent, start), data };
  });
}

/** The items of the tree of free space. */
export function freeSpaceItems(chunks: readonly Chunk[]): Item[] {
  return chunks.flatMap(({ start, length, used }) => {
    const info = Buffer.alloc(8);
    info.writeUInt32LE(used < length ? 1 : 0, 0);
    const items = [{ key: key(start, itemTypes.freeSpaceInfo, length), data: info }];
    if (used < length)
      items.push({
        key: key(start + used, itemTypes.freeSpaceExtent, length - used),
        data: Buffer.alloc(0),
      });
    return items;
  });
}

/** How the extent tree sums a chunk up. */
export function blockGroupItem({ type, start, length, used }: Chunk): Item {
  const data = Buffer.alloc(24);
  writeU64(data, used, 0);
  writeU64(data, firstChunkTree, 8);
  writeU64(data, blockGroupFlags[type], 16);
  return { key: key(start, itemTypes.blockGroup, length), data };
}

function chunkData({ type, start, length }: Chunk, { uuid }: Device): Buffer {
  const data = Buffer.alloc(80);
  writeU64(data, length, 0);
  writeU64(data, treeIds.extents, 8);
  writeU64(data, stripeLength, 16);
  writeU64(data, blockGroupFlags[type], 24);
  data.writeUInt32LE(stripeLength, 32);
  data.writeUInt32LE(stripeLength, 36);
  data.writeUInt32LE(sectorSize, 40);
  data.writeUInt16LE(1, 44);
  data.writeUInt16LE(1, 46);
  writeU64(data, deviceId, 48);
  writeU64(data, start, 56);
  uuid.copy(data, 64);
  return data;
}
