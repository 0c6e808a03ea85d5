import { clusterSize, entriesPerTable, qcow2Header, refcountsPerBlock } from './header.ts';

const referencedOnce = 1n << 63n;
const compressed = 1n << 62n;

/** Second level tables by number; those that would be empty are left out. */
export type Mapping = Map<number, Buffer>;

export function mapCluster(mapping: Mapping, index: number, offset: number): void {
  setEntry(mapping, index, BigInt(offset) | referencedOnce);
}

/** The entry counts sectors beyond the first that the bytes touch. */
export function mapPacked(mapping: Mapping, index: number, offset: number, length: number): void {
  const sectors = Math.floor((offset + length - 1) / 512) - Math.floor(offset / 512);
  setEntry(mapping, index, BigInt(offset) | (BigInt(sectors) << 54n) | compressed);
}

function setEntry(mapping: Mapping, index: number, entry: bigint): void {
  const number = Math.floor(index / entriesPerTable);
  const table = mapping.get(number) ?? Buffer.alloc(clusterSize);
  mapping.set(number, table);
  table.writeBigUInt64BE(entry, (index % entriesPerTable) * 8);
}

/** How many clusters of a file hold what. */
export interface Layout {
  readonly l1: number;
  readonly l2: number;
  readonly refcountBlocks: number;
  readonly refcountTable: number;
  /** All of them, with the header and the content. */
  readonly total: number;
}

/** The blocks of reference counts count themselves. */
export function planLayout(size: number, l2: number, content: number): Layout {
  const l1 = Math.max(1, Math.ceil(l1EntriesFor(size) / entriesPerTable));
  let refcountBlocks = 0;
  for (;;) {
    const refcountTable = Math.max(1, Math.ceil(refcountBlocks / entriesPerTable));
    const total = 1 + l1 + l2 + refcountBlocks + refcountTable + content;
    const needed = Math.ceil(total / refcountsPerBlock);
    if (needed <= refcountBlocks) return { l1, l2, refcountBlocks, refcountTable, total };
    refcountBlocks = needed;
  }
}

function l1EntriesFor(size: number): number {
  return Math.ceil(size / clusterSize / entriesPerTable);
}

export interface Tables {
  /** In bytes, of the disk. */
  readonly size: number;
  readonly zstd: boolean;
  readonly layout: Layout;
  readonly mapping: Mapping;
  /** Offset in the file of the first table; the others follow. */
  readonly at: number;
  /** Of a cluster of the file. */
  refcount(cluster: number): number;
}

/** The tables one after the other, and the header that leads to them. */
export function layTables({ size, zstd, layout, mapping, at, refcount }: Tables) {
  const l1Offset = at + layout.l2 * clusterSize;
  const blocksOffset = l1Offset + layout.l1 * clusterSize;
  const refcountTableOffset = blocksOffset + layout.refcountBlocks * clusterSize;

  function* tables(): Generator<Buffer> {
    const sorted = [...mapping].sort(([a], [b]) => a - b);
    for (const [, table] of sorted) yield table;
    yield addresses(
      layout.l1,
      sorted.map(([number], order) => [number, BigInt(at + order * clusterSize) | referencedOnce]),
    );
    const blocks = Array.from({ length: layout.refcountBlocks }, (_, number) => number);
    for (const number of blocks) yield refcountBlock(number, layout.total, refcount);
    yield addresses(
      layout.refcountTable,
      blocks.map((number) => [number, BigInt(blocksOffset + number * clusterSize)]),
    );
  }

  const header = qcow2Header({
    size,
    zstd,
    l1Entries: l1EntriesFor(size),
    l1Offset,
    refcountTableOffset,
    refcountTableClusters: layout.refcountTable,
  });
  return { header, tables };
}

function addresses(clusters: number, entries: readonly (readonly [number, bigint])[]): Buffer {
  const table = Buffer.alloc(clusters * clusterSize);
  for (const [number, address] of entries) table.writeBigUInt64BE(address, number * 8);
  return table;
}

function refcountBlock(number: number, total: number, refcount: Tables['refcount']): Buffer {
  const block = Buffer.alloc(clusterSize);
  const first = number * refcountsPerBlock;
  for (let cluster = first; cluster < Math.min(total, first + refcountsPerBlock); cluster++) {
    block.writeUInt16BE(refcount(cluster), (cluster - first) * 2);
  }
  return block;
}
