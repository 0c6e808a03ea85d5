import { type Chunk, chunkItem, type Device, deviceData } from './chunks.ts';
import { generation, nodeSize, sectorSize, writeU64 } from './format.ts';
import { rootTreeFolder } from './roots.ts';
import { type BuiltTree, seal } from './tree-builder.ts';

export interface SuperblockFacts {
  readonly device: Device;
  readonly label: string;
  /** The first is that of the system. */
  readonly chunks: readonly Chunk[];
  readonly root: BuiltTree;
  readonly chunkTree: BuiltTree;
}

const size = 4096;
const places = [64 * 2 ** 10, 64 * 2 ** 20, 256 * 2 ** 30];
const written = 1;
/** A valid tree of free space. */
const compatibleForReaders = 0x3;
/** Mixed back references, extended references, skinny metadata, no items for holes. */
const incompatible = 0x341;

/** The superblock and its copies, by their places on the device. */
export function superblocks(facts: SuperblockFacts): Map<number, Buffer> {
  const fitting = places.filter((place) => place + size <= facts.device.size);
  return new Map(fitting.map((place) => [place, superblock(facts, place)]));
}

function superblock({ device, label, chunks, root, chunkTree }: SuperblockFacts, place: number): Buffer {
  const bytes = Buffer.alloc(size);
  device.fileSystemUuid.copy(bytes, 0x20);
  writeU64(bytes, place, 0x30);
  writeU64(bytes, written, 0x38);
  bytes.write('_BHRfS_M', 0x40, 'latin1');
  writeU64(bytes, generation, 0x48);
  writeU64(bytes, root.address, 0x50);
  writeU64(bytes, chunkTree.address, 0x58);
  writeU64(bytes, device.size, 0x70);
  writeU64(
    bytes,
    chunks.reduce((sum, { used }) => sum + used, 0),
    0x78,
  );
  writeU64(bytes, rootTreeFolder, 0x80);
  writeU64(bytes, 1, 0x88);
  bytes.writeUInt32LE(sectorSize, 0x90);
  bytes.writeUInt32LE(nodeSize, 0x94);
  bytes.writeUInt32LE(nodeSize, 0x98);
  bytes.writeUInt32LE(sectorSize, 0x9c);
  writeU64(bytes, generation, 0xa4);
  writeU64(bytes, compatibleForReaders, 0xb4);
  writeU64(bytes, incompatible, 0xbc);
  bytes.writeUInt8(root.level, 0xc6);
  bytes.writeUInt8(chunkTree.level, 0xc7);
  deviceData(chunks, device).copy(bytes, 0xc9);
  bytes.write(label, 0x12b, 255, 'latin1');
  writeU64(bytes, generation, 0x233);
  const { key, data } = chunkItem(chunks[0] as Chunk, device);
  bytes.writeUInt32LE(key.length + data.length, 0xa0);
  key.copy(bytes, 0x32b);
  data.copy(bytes, 0x32b + key.length);
  seal(bytes);
  return bytes;
}
