import { derivedUuid } from '../identifiers.ts';
import { treeTooLarge } from '../tree-too-large.ts';
import type { DiskTarget } from '../types.ts';
import {
  type Chunk,
  chunkItems,
  chunksOf,
  type Device,
  deviceItems,
  freeSpaceItems,
  systemChunk,
} from './chunks.ts';
import { extentItems, type TreeBlock } from './extents.ts';
import { emptyTreeItems, type Files, fileItems } from './files.ts';
import { type Item, itemTypes, key, nodeSize, sectorSize, treeIds, writeU64 } from './format.ts';
import { folderInode, rootItems } from './roots.ts';
import { createSpace, endOf, roundUp, type Space, systemStart } from './space.ts';
import { superblocks } from './superblock.ts';
import { type BuiltTree, buildTree, levelsOf, type TreeTarget } from './tree-builder.ts';
import type { BtrfsOptions } from './writer.ts';

export interface Unfinished {
  readonly target: DiskTarget;
  readonly options: BtrfsOptions;
  /** Where content lies. */
  readonly space: Space;
  readonly files: Files;
  readonly sums: Iterable<Item>;
}

const mebibyte = 2 ** 20;
/** Free metadata that a mounted file system needs to begin with. */
const leastSpare = 16 * mebibyte;

/** All trees and the superblocks; returns the size in bytes. */
export function finishFileSystem(unfinished: Unfinished): number {
  const { target, options, files, sums, space } = unfinished;
  const { uuid, seed, epoch } = options;
  const device = {
    uuid: derivedUuid(seed, 'btrfs device'),
    fileSystemUuid: uuid,
    chunkTreeUuid: derivedUuid(seed, 'btrfs chunk tree'),
    size: 0,
  };
  const filesUuid = derivedUuid(seed, 'btrfs files');
  const limit = options.size.kind === 'fixed' ? options.size.bytes : Infinity;
  const metadata = createSpace(endOf(space));
  const blocks: TreeBlock[] = [];
  const trees = new Map<number | bigint, BuiltTree>();

  function build(id: number | bigint, items: Iterable<Item>, place: TreeTarget['place']): void {
    const write = (address: number, block: Buffer) => {
      if (address + nodeSize <= limit) target.write(address, block);
    };
    const { chunkTreeUuid } = device;
    trees.set(id, buildTree(items, { place, write }, { id, uuid, chunkTreeUuid }));
  }
  const anywhere = (tree: number | bigint) => (level: number) => {
    const address = addressIn(metadata);
    blocks.push({ address, level, tree });
    return address;
  };
  build(treeIds.files, fileItems(files), anywhere(treeIds.files));
  const relocation = emptyTreeItems(folderInode(epoch));
  build(treeIds.dataRelocation, relocation, anywhere(treeIds.dataRelocation));
  build(treeIds.checksums, sums, anywhere(treeIds.checksums));
  build(treeIds.uuids, uuidItems(filesUuid), anywhere(treeIds.uuids));

  const plan = planRest({ metadata, data: space, blocks, files, device, limit });
  const size = settledSize(options, plan.chunks);
  const whole: Device = { ...device, size };
  const there = (tree: number | bigint) => {
    const own = plan.blocks.filter((block) => block.tree === tree).map(({ address }) => address);
    return () => own.shift() as number;
  };
  build(treeIds.chunks, chunkItems(plan.chunks, whole), there(treeIds.chunks));
  build(treeIds.freeSpace, freeSpaceItems(plan.chunks), there(treeIds.freeSpace));
  build(treeIds.devices, deviceItems(plan.chunks, whole), there(treeIds.devices));
  build(treeIds.extents, extentItems({ ...plan, content: files.content }), there(treeIds.extents));
  build(treeIds.root, rootItems({ trees, uuid: filesUuid, epoch }), there(treeIds.root));
  const [root, chunkTree] = [trees.get(treeIds.root), trees.get(treeIds.chunks)] as [BuiltTree, BuiltTree];
  const copies = superblocks({ ...options, device: whole, chunks: plan.chunks, root, chunkTree });
  for (const [place, bytes] of copies) target.write(place, bytes);
  return size;
}

interface Rest {
  readonly metadata: Space;
  readonly data: Space;
  readonly blocks: readonly TreeBlock[];
  readonly files: Files;
  readonly device: Device;
  /** Bytes that there are. */
  readonly limit: number;
}

interface Plan {
  /** Ascending: the system's, those of content, those of trees. */
  readonly chunks: readonly Chunk[];
  /** Ascending, of all trees. */
  readonly blocks: readonly TreeBlock[];
}

/**
 * The trees that say what is in use where are in use themselves: their blocks are counted again until that changes
 * nothing any more. More blocks never make fewer items, so this ends.
 */
function planRest({ metadata, data, blocks, files, device, limit }: Rest): Plan {
  let levels = new Map<number, readonly number[]>(restTrees.map((tree) => [tree, [0]]));
  for (;;) {
    const trial = metadata.fork();
    const system: TreeBlock[] = (levels.get(treeIds.chunks) ?? []).map((level, index) => ({
      address: systemStart + index * nodeSize,
      level,
      tree: treeIds.chunks,
    }));
    const rest = restTrees
      .slice(1)
      .flatMap((tree) =>
        (levels.get(tree) ?? []).map((level) => ({ address: addressIn(trial), level, tree })),
      );
    const used = trial.chunks.reduce((sum, chunk) => sum + chunk.used, 0);
    const left = Math.floor((limit - endOf(trial)) / mebibyte) * mebibyte;
    const spare = Math.max(leastSpare, Math.min(used / 2, left));
    const chunks = [
      systemChunk(system.length * nodeSize),
      ...chunksOf(data, 'data'),
      ...chunksOf(trial, 'metadata', spare),
    ];
    const plan = { chunks, blocks: [...system, ...blocks, ...rest] };
    const found = new Map<number, readonly number[]>([
      [treeIds.chunks, levelsOf(chunkItems(chunks, device))],
      [treeIds.freeSpace, levelsOf(freeSpaceItems(chunks))],
      [treeIds.devices, levelsOf(deviceItems(chunks, device))],
      [treeIds.extents, levelsOf(extentItems({ ...plan, content: files.content }))],
      [treeIds.root, [0]],
    ]);
    if (restTrees.every((tree) => String(found.get(tree)) === String(levels.get(tree)))) return plan;
    levels = found;
  }
}

/** The first lies in the chunk of the system. */
const restTrees = [treeIds.chunks, treeIds.freeSpace, treeIds.devices, treeIds.extents, treeIds.root];

function addressIn(space: Space): number {
  return space.take(nodeSize / sectorSize).start * sectorSize;
}

function uuidItems(uuid: Buffer): Item[] {
  const data = Buffer.alloc(8);
  writeU64(data, treeIds.files, 0);
  const [first, second] = [uuid.readBigUInt64LE(0), uuid.readBigUInt64LE(8)];
  return [{ key: key(first, itemTypes.uuidSubvolume, second), data }];
}

function settledSize({ size }: BtrfsOptions, chunks: readonly Chunk[]): number {
  const { start, length } = chunks[chunks.length - 1] as Chunk;
  const needed = start + length;
  if (size.kind === 'fit') return roundUp(needed + size.headroom);
  const whole = Math.floor(size.bytes / sectorSize) * sectorSize;
  if (needed <= whole) return whole;
  throw treeTooLarge(whole, needed);
}
