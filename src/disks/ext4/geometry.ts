/** What every file system that we write has in common. */
export const blockSize = 4096;
/** As many as one block of bitmap can mark. */
export const blocksPerGroup = 8 * blockSize;
export const inodeSize = 256;
export const inodesPerBlock = blockSize / inodeSize;
export const descriptorSize = 64;
export const descriptorsPerBlock = blockSize / descriptorSize;

export const rootInode = 2;
export const resizeInode = 7;
export const journalInode = 8;
export const lostAndFoundInode = 11;
export const firstFreeInode = 12;

/**
 * Blocks at the start of a group with a copy of the superblock: that, the group descriptors, and room in which the
 * table of descriptors can grow while mounted, to 1 TiB or the double.
 */
export interface HeadArea {
  readonly descriptorBlocks: number;
  readonly reservedBlocks: number;
}

const leastDescriptorBlocks = 128;
/** As many as one block of block numbers can name. */
const mostReservedBlocks = 1024;

export function headAreaOf(groups: number): HeadArea {
  const descriptorBlocks = Math.ceil(groups / descriptorsPerBlock);
  const reservedBlocks = Math.max(
    leastDescriptorBlocks - descriptorBlocks,
    Math.min(descriptorBlocks, mostReservedBlocks),
  );
  return { descriptorBlocks, reservedBlocks };
}

export function headLength({ descriptorBlocks, reservedBlocks }: HeadArea): number {
  return 1 + descriptorBlocks + reservedBlocks;
}

/** `sparse_super`: the first two groups, and powers of 3, 5 and 7. */
export function hasHead(group: number): boolean {
  return group <= 1 || [3, 5, 7].some((base) => isPower(group, base));
}

/** Groups from 1 to below `groups` that hold a copy. */
export function backupGroups(groups: number): number[] {
  const found: number[] = [];
  for (let group = 1; group < groups; group++) if (hasHead(group)) found.push(group);
  return found;
}

function isPower(value: number, base: number): boolean {
  let power = base;
  while (power < value) power *= base;
  return power === value;
}
