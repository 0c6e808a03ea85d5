import { GildError } from '../../support/errors.ts';
import { treeTooLarge } from '../tree-too-large.ts';
import type { FileSystemSize } from '../types.ts';
import type { Allocator } from './allocator.ts';
import {
  blockSize,
  blocksPerGroup,
  descriptorsPerBlock,
  type HeadArea,
  hasHead,
  headLength,
  inodesPerBlock,
} from './geometry.ts';

export interface Layout {
  readonly blocks: number;
  readonly groups: number;
  readonly inodesPerGroup: number;
  readonly blockBitmaps: readonly number[];
  readonly inodeBitmaps: readonly number[];
  readonly inodeTables: readonly number[];
}

const mebibyte = 256;
const usualInodesPerGroup = 8192;
const mostInodesPerGroup = 32_768;
const bytesPerInode = 16_384;
/** A last group with fewer blocks than this beside its head is not worth it. */
const leastGroup = 50;

/** Groups of a file system of that size, as far as it is known before the tree is. */
export function expectedGroups(size: FileSystemSize): number {
  return size.kind === 'fixed' ? Math.max(1, Math.ceil(size.bytes / blockSize / blocksPerGroup)) : 1;
}

/** Blocks of the journal: little where there is little room, 64 MiB in what is going to grow. */
export function journalLength(size: FileSystemSize, end: number): number {
  const room = size.kind === 'fixed' ? size.bytes / blockSize : end + size.headroom / blockSize;
  if (room < 128 * mebibyte) return 4 * mebibyte;
  if (size.kind === 'fixed' && room < 1024 * mebibyte) return 16 * mebibyte;
  return 64 * mebibyte;
}

/** Settles the size and gives every group its bitmaps and its inodes. Throws `DISK_TOO_SMALL`. */
export function layOut(
  allocator: Allocator,
  {
    size,
    head,
    usedInodes,
  }: { readonly size: FileSystemSize; readonly head: HeadArea; readonly usedInodes: number },
): Layout {
  const wanted = size.kind === 'fixed' ? fixedSize(size.bytes, head) : fittingSize();
  const layout = place(allocator, wanted.groups, inodesFor(wanted.groups, wanted.blocks));
  if (allocator.end > wanted.blocks) throw treeTooLarge(wanted.blocks * blockSize, allocator.end * blockSize);
  return { ...layout, ...wanted };

  function fittingSize(): { blocks: number; groups: number } {
    const headroom = size.kind === 'fit' ? Math.ceil(size.headroom / blockSize) : 0;
    for (let groups = Math.ceil(allocator.end / blocksPerGroup); ; groups++) {
      const inodesPerGroup = inodesFor(groups, groups * blocksPerGroup);
      if (inodesPerGroup > mostInodesPerGroup) continue;
      const trial = allocator.fork();
      place(trial, groups, inodesPerGroup);
      const blocks = withHeadroom(trial.end, headroom, head);
      if (Math.ceil(blocks / blocksPerGroup) <= groups) {
        // Few blocks but many inodes: the groups are needed for their tables.
        const least = (groups - 1) * blocksPerGroup + headLength(head) + leastGroup;
        return checked({ blocks: Math.max(blocks, roundUp(least)), groups }, head);
      }
    }
  }

  function inodesFor(groups: number, blocks: number): number {
    const spare = size.kind === 'fit' ? size.headroom / bytesPerInode : usedInodes / 20;
    const usual = Math.min(usualInodesPerGroup, (blocks * blockSize) / bytesPerInode / groups);
    const inodes = Math.max(usual, (usedInodes + spare) / groups);
    return Math.ceil(inodes / inodesPerBlock) * inodesPerBlock;
  }
}

function place(allocator: Allocator, groups: number, inodesPerGroup: number) {
  const each = (take: () => number) => Array.from({ length: groups }, take);
  const blockBitmaps = each(() => allocator.take(1).start);
  const inodeBitmaps = each(() => allocator.take(1).start);
  const inodeTables = each(() => allocator.takeContiguous(inodesPerGroup / inodesPerBlock));
  return { inodesPerGroup, blockBitmaps, inodeBitmaps, inodeTables };
}

/** `end` and that many free blocks, the heads of groups behind it not counted in; whole mebibytes. */
function withHeadroom(end: number, headroom: number, head: HeadArea): number {
  let blocks = end + headroom;
  let group = Math.ceil(end / blocksPerGroup);
  for (; group * blocksPerGroup < blocks; group++) if (hasHead(group)) blocks += headLength(head);
  return completed(roundUp(blocks), head);
}

/** Long enough that the last group has room for its head and more. */
function completed(blocks: number, head: HeadArea): number {
  const tail = blocks % blocksPerGroup;
  const least = headLength(head) + leastGroup;
  return tail > 0 && tail < least ? roundUp(blocks - tail + least) : blocks;
}

function fixedSize(bytes: number, head: HeadArea): { blocks: number; groups: number } {
  const all = Math.floor(bytes / blockSize);
  const tail = all % blocksPerGroup;
  const blocks = tail > 0 && tail < headLength(head) + leastGroup ? all - tail : all;
  return { blocks, groups: Math.ceil(blocks / blocksPerGroup) };
}

function checked(wanted: { blocks: number; groups: number }, head: HeadArea) {
  const most = head.descriptorBlocks + head.reservedBlocks;
  if (wanted.groups <= most * descriptorsPerBlock) return wanted;
  throw new GildError({
    code: 'DISK_TOO_SMALL',
    message: `The tree needs ${gibibytes(wanted.blocks)} GiB, and a file system that fits itself to it has 1024 at most.`,
    hint: 'Give the disk a `size`.',
  });
}

function gibibytes(blocks: number): number {
  return Math.ceil(blocks / mebibyte / 1024);
}

function roundUp(blocks: number): number {
  return Math.ceil(blocks / mebibyte) * mebibyte;
}
