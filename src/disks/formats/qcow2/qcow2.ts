import { z } from 'zod';
import { blockRuns, countBlocks, neighbours, unreadBlocks } from '../blocks.ts';
import { compressBlocks } from '../compress-blocks.ts';
import type { DiskFormat, FormatFile, FormatSource } from '../types.ts';
import { clusterSize, entriesPerTable } from './header.ts';
import { packClusters } from './packed-clusters.ts';
import { layTables, type Mapping, mapCluster, mapPacked, planLayout } from './tables.ts';

const schema = z.strictObject({
  compression: z
    .enum(['zstd', 'zlib', 'none'])
    .default('zstd')
    .describe(
      'Of each cluster: `zstd` for QEMU 5.1 and later, `zlib` for every reader of qcow2, `none` for the fastest disk.',
    ),
});

export const qcow2: DiskFormat = {
  name: 'qcow2',
  summary: 'For QEMU, KVM, libvirt, Proxmox, OpenStack',
  mediaType: 'application/x-qemu-disk',
  schema,
  extension: () => 'qcow2',
  async write(source, options, file) {
    const { compression } = schema.parse(options);
    if (compression === 'none') await writePlain(source, file);
    else await writeCompressed(source, compression, file);
  },
};

/** Where each cluster goes is known from the start, so the tables come first and the file is written front to back. */
async function writePlain({ disk, signal }: FormatSource, file: FormatFile): Promise<void> {
  const content = countBlocks(disk, clusterSize);
  const l2 = countBlocks(disk, clusterSize * entriesPerTable);
  const layout = planLayout(disk.size, l2, content);
  const mapping: Mapping = new Map();
  let next = (layout.total - content) * clusterSize;
  for (const { first, end } of blockRuns(disk, clusterSize)) {
    for (let index = first; index < end; index++, next += clusterSize) mapCluster(mapping, index, next);
  }
  const { header, tables } = layTables({
    size: disk.size,
    zstd: false,
    layout,
    mapping,
    at: clusterSize,
    refcount: () => 1,
  });
  await file.append(header);
  for (const table of tables()) await file.append(table);
  for await (const { bytes } of neighbours(disk, clusterSize, signal)) await file.append(bytes);
}

/** Where things come to lie is known only at the end: the header leads to tables behind the content. */
async function writeCompressed(
  { disk, signal }: FormatSource,
  compression: 'zstd' | 'zlib',
  file: FormatFile,
): Promise<void> {
  await file.reserve(clusterSize);
  const clusters = packClusters(file);
  const mapping: Mapping = new Map();
  const blocks = unreadBlocks(disk, clusterSize, signal);
  const coding = compression === 'zlib' ? 'deflate-4k' : 'zstd';
  for await (const { index, bytes, packed } of compressBlocks(blocks, coding, clusterSize)) {
    if (packed.length < clusterSize) mapPacked(mapping, index, await clusters.packed(packed), packed.length);
    else mapCluster(mapping, index, await clusters.whole(bytes));
  }
  await clusters.end();
  const layout = planLayout(disk.size, mapping.size, file.size / clusterSize - 1);
  const { header, tables } = layTables({
    size: disk.size,
    zstd: compression === 'zstd',
    layout,
    mapping,
    at: file.size,
    refcount: (cluster) => clusters.refcounts.get(cluster) ?? 1,
  });
  for (const table of tables()) await file.append(table);
  await file.fill(0, header);
}
