import { rm } from 'node:fs/promises';
import type { Host } from '../host/types.ts';
import type { DiskSpec } from '../model/disk.ts';
import { createDisposer, type Disposer } from '../support/disposer.ts';
import { GildError } from '../support/errors.ts';
import { bootPartitions, makeBootable } from './boot-partitions.ts';
import { type EspFiles, withoutEsp } from './esp.ts';
import { type FileSystem, fileSystemsOf } from './file-systems.ts';
import { derivedUuid, uuidText } from './identifiers.ts';
import { withMountPoints } from './mount-points.ts';
import { type DiskPartition, diskSize, endOf, writePartitions } from './partitions.ts';
import { openRawDisk } from './raw.ts';
import { createSparseFile, type SparseFile } from './sparse-file.ts';
import { splitTree } from './split-tree.ts';
import { swapHeader, swapUuid } from './swap.ts';
import type { OpenDisk, ReadTree } from './types.ts';
import { type Volume, volumeAside, volumeInPlace } from './volume.ts';

export interface DiskRequest {
  readonly host: Host;
  /** All identifiers are derived from it: equal for equal trees. */
  readonly seed: string;
  readonly spec: DiskSpec;
  /** What UEFI loads, where that is not Gild's GRUB. */
  readonly esp: EspFiles;
  /** Seconds since 1970. */
  readonly epoch: number;
  /** The file to write; it must not be there, nor any whose name continues it with a dot. */
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
}

const mebibyte = 2 ** 20;
const leastRoot = 16 * mebibyte;

/** The UUID of the root file system of a disk, for its boot configuration, which is on it. */
export function rootUuid(seed: string): string {
  return uuidText(derivedUuid(seed, 'root file system'));
}

/**
 * A disk with a GPT that BIOS and UEFI boot from, of a tree; neither a loop device nor a mount is needed.
 * Equal trees and requests give equal bytes. Throws `DISK_TOO_SMALL`, `MOUNT_POINT_INVALID`, `ARCHIVE_REFUSED`.
 */
export async function buildDisk(read: ReadTree, request: DiskRequest): Promise<OpenDisk> {
  const disposer = createDisposer();
  const file = await createSparseFile(request.path);
  try {
    const size = await fill(file, read, request, disposer);
    await disposer.dispose();
    return await openRawDisk(request.path, await file.finish(size));
  } catch (error) {
    await disposer.dispose().catch(() => undefined);
    await file.abandon().catch(() => undefined);
    await rm(request.path, { force: true });
    throw error;
  }
}

async function fill(
  file: SparseFile,
  read: ReadTree,
  request: DiskRequest,
  disposer: Disposer,
): Promise<number> {
  const { seed } = request;
  const boot = makeBootable({ ...request, rootUuid: rootUuid(seed) });
  // Nothing of it goes on, or is left, where something else fails first.
  const ended = boot.catch(() => undefined);
  disposer.add(() => ended);
  const before = [...bootPartitions(request), ...swapPartitions(request)];
  const volumes = await openVolumes(before, file, request, disposer);
  await pour(read, volumes, request);
  const mounted: DiskPartition[] = [];
  for (const { fileSystem, volume } of volumes)
    mounted.push(partitionOf(fileSystem, await volume.finish(), seed));
  const bootable = await boot;
  const partitions = [...bootable.partitions, ...swapPartitions(request), ...mounted];
  await writePartitions(file, { diskUuid: derivedUuid(seed, 'disk'), partitions, mbr: bootable.mbr });
  return diskSize(partitions);
}

interface OpenVolume {
  readonly fileSystem: FileSystem;
  readonly volume: Volume;
}

/** Each in its place as long as the sizes of all before it are known. */
async function openVolumes(
  before: readonly DiskPartition[],
  disk: SparseFile,
  { seed, spec, epoch, path }: DiskRequest,
  disposer: Disposer,
): Promise<OpenVolume[]> {
  const volumes: OpenVolume[] = [];
  let start: number | undefined = endOf(before);
  for (const [index, fileSystem] of fileSystemsOf(spec, seed).entries()) {
    const room = start === undefined || spec.size === undefined ? 0 : roomFor(spec.size, start);
    const options = { fileSystem, seed, epoch, room, disk };
    const volume =
      start === undefined ? await volumeAside(options, `${path}.${index}`) : volumeInPlace(options, start);
    disposer.add(() => volume.close());
    volumes.push({ fileSystem, volume });
    const { size } = fileSystem;
    start = start !== undefined && size.kind === 'fixed' ? start + size.bytes : undefined;
  }
  return volumes;
}

async function pour(
  read: ReadTree,
  volumes: readonly OpenVolume[],
  { epoch, signal }: DiskRequest,
): Promise<void> {
  const parts = volumes.map(({ fileSystem: { mountPoint }, volume: { sink } }) => ({
    mountPoint,
    sink: mountPoint === '/' ? withMountPoints(sink, epoch) : sink,
  }));
  const [only, ...others] = parts;
  const whole = only && others.length === 0 ? only.sink : splitTree(parts, epoch);
  await read(withoutEsp(whole), async () => {
    signal?.throwIfAborted();
    for (const { volume } of volumes) await volume.settle();
  });
}

function partitionOf(
  { label, mountPoint, partitionType }: FileSystem,
  content: Pick<DiskPartition, 'size' | 'write'>,
  seed: string,
): DiskPartition {
  const purpose = mountPoint === '/' ? partitionType : mountPoint;
  return { name: label, type: partitionType, uuid: derivedUuid(seed, `partition ${purpose}`), ...content };
}

function swapPartitions({ seed, spec: { swap: size } }: DiskRequest): DiskPartition[] {
  if (size === undefined) return [];
  const header = swapHeader({ size, uuid: swapUuid(seed), label: 'swap' });
  const uuid = derivedUuid(seed, 'partition swap');
  return [{ name: 'swap', type: 'swap', uuid, size, write: (target) => target.write(0, header) }];
}

/** What a disk of that size leaves behind `start`, in whole mebibytes. */
function roomFor(size: number, start: number): number {
  const room = size - start - mebibyte;
  if (size % mebibyte === 0 && room >= leastRoot) return room;
  throw new GildError({
    code: 'DISK_TOO_SMALL',
    message: `A disk of ${size} bytes cannot be made.`,
    hint: 'Its `size` is a whole number of mebibytes, 128 at least.',
  });
}
