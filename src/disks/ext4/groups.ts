import { crc32c } from '../tree/crc32c.ts';
import type { Unfinished } from './finish.ts';
import { blockSize, blocksPerGroup, descriptorSize, descriptorsPerBlock, hasHead } from './geometry.ts';
import type { Layout } from './size.ts';
import { seedOf } from './superblock.ts';

const flags = { noInodes: 1, noBlocks: 2, zeroedInodes: 4 };

export interface Groups {
  /** Whole blocks. */
  readonly descriptors: Buffer;
  readonly freeBlocks: number;
  readonly freeInodes: number;
}

/** Writes the bitmaps that hold something; groups in which nothing is used say so instead. */
export function groupDescriptors(unfinished: Unfinished, layout: Layout, head: number): Groups {
  const { target, options, inodes } = unfinished;
  const seed = seedOf(options.uuid);
  const { groups, inodesPerGroup } = layout;
  const descriptors = Buffer.alloc(Math.ceil(groups / descriptorsPerBlock) * blockSize);
  const folders = foldersPerGroup(unfinished, layout);
  let freeBlocks = 0;
  let freeInodes = 0;
  for (let group = 0; group < groups; group++) {
    const blocks = blockBitmap(unfinished, layout, { group, head });
    const usedInodes = Math.min(inodesPerGroup, Math.max(0, inodes.last - group * inodesPerGroup));
    const free = inodesPerGroup - usedInodes;
    freeBlocks += blocks.free;
    freeInodes += free;
    const blockPlace = layout.blockBitmaps[group] as number;
    const inodePlace = layout.inodeBitmaps[group] as number;
    let flag = flags.zeroedInodes;
    let blockSum = 0;
    let inodeSum = 0;
    if (blocks.bitmap) {
      target.write(blockPlace * blockSize, blocks.bitmap);
      blockSum = crc32c(seed, blocks.bitmap, 0, blocksPerGroup / 8);
    } else flag |= flags.noBlocks;
    if (usedInodes > 0) {
      const bitmap = inodeBitmap(usedInodes, inodesPerGroup);
      target.write(inodePlace * blockSize, bitmap);
      inodeSum = crc32c(seed, bitmap, 0, inodesPerGroup / 8);
    } else flag |= flags.noInodes;
    const descriptor = descriptors.subarray(group * descriptorSize, (group + 1) * descriptorSize);
    const split = (value: number, low: number, high: number) => {
      descriptor.writeUInt16LE(value & 0xffff, low);
      descriptor.writeUInt16LE(value >>> 16, high);
    };
    const place = (value: number, low: number, high: number) => {
      descriptor.writeUInt32LE(value % 2 ** 32, low);
      descriptor.writeUInt32LE(Math.floor(value / 2 ** 32), high);
    };
    place(blockPlace, 0x00, 0x20);
    place(inodePlace, 0x04, 0x24);
    place(layout.inodeTables[group] as number, 0x08, 0x28);
    split(blocks.free, 0x0c, 0x2c);
    split(free, 0x0e, 0x2e);
    split(folders.get(group) ?? 0, 0x10, 0x30);
    descriptor.writeUInt16LE(flag, 0x12);
    split(blockSum, 0x18, 0x38);
    split(inodeSum, 0x1a, 0x3a);
    split(free, 0x1c, 0x32);
    descriptor.writeUInt16LE(descriptorSum(descriptor, group, seed), 0x1e);
  }
  return { descriptors, freeBlocks, freeInodes };
}

/** The sum's own place counts as zero, which it still is. */
function descriptorSum(descriptor: Buffer, group: number, seed: number): number {
  const number = Buffer.alloc(4);
  number.writeUInt32LE(group, 0);
  return crc32c(crc32c(seed, number), descriptor) & 0xffff;
}

function foldersPerGroup({ folders }: Unfinished, { inodesPerGroup }: Layout): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { inode } of folders) {
    const group = Math.floor((inode - 1) / inodesPerGroup);
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return counts;
}

/** A set bit is a block in use, or one behind the end. No bitmap where only the group's head is in use. */
function blockBitmap(
  { allocator }: Unfinished,
  layout: Layout,
  { group, head }: { readonly group: number; readonly head: number },
): { readonly bitmap?: Buffer; readonly free: number } {
  const start = group * blocksPerGroup;
  const length = Math.min(blocksPerGroup, layout.blocks - start);
  const headUsed = hasHead(group) ? head : 0;
  const used = Math.max(headUsed, Math.min(length, allocator.end - start));
  const last = group === layout.groups - 1;
  if (used === headUsed && !last) return { free: length - headUsed };
  const bitmap = Buffer.alloc(blockSize);
  setBits(bitmap, 0, used);
  let free = length - used;
  for (const gap of allocator.gaps) {
    const from = Math.max(gap.start - start, 0);
    const to = Math.min(gap.start + gap.count - start, used);
    if (from >= to) continue;
    for (let bit = from; bit < to; bit++) bitmap[bit >> 3] = (bitmap[bit >> 3] as number) & ~(1 << (bit & 7));
    free += to - from;
  }
  setBits(bitmap, length, blocksPerGroup);
  return { bitmap, free };
}

function inodeBitmap(used: number, inodesPerGroup: number): Buffer {
  const bitmap = Buffer.alloc(blockSize);
  setBits(bitmap, 0, used);
  setBits(bitmap, inodesPerGroup, 8 * blockSize);
  return bitmap;
}

function setBits(bitmap: Buffer, from: number, to: number): void {
  let bit = from;
  for (; bit < to && bit & 7; bit++) bitmap[bit >> 3] = (bitmap[bit >> 3] as number) | (1 << (bit & 7));
  const whole = (to - bit) >> 3;
  if (whole > 0) bitmap.fill(0xff, bit >> 3, (bit >> 3) + whole);
  for (bit += Math.max(0, whole) * 8; bit < to; bit++)
    bitmap[bit >> 3] = (bitmap[bit >> 3] as number) | (1 << (bit & 7));
}
