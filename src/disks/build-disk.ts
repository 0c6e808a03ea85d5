import { rm } from 'node:fs/promises';
import type { Host } from '../host/types.ts';
import type { DiskSpec } from '../model/disk.ts';
import { GildError } from '../support/errors.ts';
import { makeBootCode } from './boot/grub.ts';
import { createExt4Writer } from './ext4/writer.ts';
import { fat32 } from './fat/fat32.ts';
import { sectorSize } from './gpt/gpt.ts';
import { derivedBytes, derivedUuid, uuidText } from './identifiers.ts';
import { withMountPoints } from './mount-points.ts';
import { type DiskPartition, diskSize, endOf, padded, shifted, writePartitions } from './partitions.ts';
import { openRawDisk } from './raw.ts';
import { createSparseFile, type SparseFile } from './sparse-file.ts';
import type { DiskTarget, OpenDisk, ReadTree } from './types.ts';

export interface DiskRequest {
  readonly host: Host;
  /** All identifiers are derived from it: equal for equal trees. */
  readonly seed: string;
  readonly spec: DiskSpec;
  /** Seconds since 1970. */
  readonly epoch: number;
  /** The file to write; it must not be there. */
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
}

const mebibyte = 2 ** 20;
const biosBoot = { name: 'bios-boot', type: 'bios-boot', size: mebibyte } as const;
const esp = { name: 'esp', type: 'esp', size: 64 * mebibyte } as const;

/** The UUID of the root file system of a disk, for its boot configuration, which is on it. */
export function rootUuid(seed: string): string {
  return uuidText(derivedUuid(seed, 'root file system'));
}

/**
 * A disk with a GPT that BIOS and UEFI boot from, of a root file system; neither a loop device nor a mount is needed.
 * Equal trees and requests give equal bytes. Throws `DISK_TOO_SMALL`, `ARCHIVE_REFUSED`.
 */
export async function buildDisk(read: ReadTree, request: DiskRequest): Promise<OpenDisk> {
  const file = await createSparseFile(request.path);
  try {
    const size = await fill(file, read, request);
    return await openRawDisk(request.path, await file.finish(size));
  } catch (error) {
    await file.abandon().catch(() => undefined);
    await rm(request.path, { force: true });
    throw error;
  }
}

async function fill(file: SparseFile, read: ReadTree, request: DiskRequest): Promise<number> {
  const { seed, spec } = request;
  const boot = bootPartitions(request);
  boot.catch(() => undefined);
  const before = spec.firmware.includes('uefi') ? [biosBoot, esp] : [biosBoot];
  const rootStart = endOf(before);
  const room = spec.size === undefined ? undefined : roomFor(spec.size, rootStart);
  const filled = await writeRoot(read, { ...request, file, start: rootStart, room });
  const root: DiskPartition = { name: 'root', type: 'root-amd64', size: room ?? filled };
  const { mbr, partitions: bootable } = await boot;
  const partitions = [...bootable, root];
  writePartitions(file, { seed, partitions, mbr });
  return diskSize(partitions);
}

interface RootRequest extends DiskRequest {
  readonly file: SparseFile;
  /** Bytes before it. */
  readonly start: number;
  /** Bytes for it; what it needs when absent. */
  readonly room: number | undefined;
}

/** Writes the root file system, and returns its bytes. */
async function writeRoot(read: ReadTree, request: RootRequest): Promise<number> {
  const { seed, spec, epoch, file, start, room, signal } = request;
  const root = createExt4Writer(shifted(file, start), {
    uuid: derivedUuid(seed, 'root file system'),
    hashSeed: wordsOf(derivedBytes(seed, 'hash seed', 16)),
    label: 'root',
    epoch,
    size: room === undefined ? { kind: 'fit', headroom: spec.headroom } : { kind: 'fixed', bytes: room },
  });
  await read(withMountPoints(root, epoch), async () => {
    signal?.throwIfAborted();
    await file.settle();
  });
  return root.size;
}

interface Bootable {
  readonly mbr: Buffer | undefined;
  readonly partitions: readonly DiskPartition[];
}

/** What firmware boots from, for each that is asked for. */
async function bootPartitions({ host, seed, spec, epoch }: DiskRequest): Promise<Bootable> {
  const coreSector = endOf([]) / sectorSize;
  const { mbr, core, efi } = await makeBootCode(host, { rootUuid: rootUuid(seed), coreSector });
  const bios = spec.firmware.includes('bios');
  const uefi = spec.firmware.includes('uefi');
  const espContent = () =>
    fat32({
      size: esp.size,
      label: 'ESP',
      serial: derivedBytes(seed, 'esp', 4),
      files: new Map([['EFI/BOOT/BOOTX64.EFI', efi]]),
      epoch,
    });
  return {
    mbr: bios ? mbr : undefined,
    partitions: [
      { ...biosBoot, ...(bios && { write: (target: DiskTarget) => target.write(0, padded(core)) }) },
      ...(uefi ? [{ ...esp, write: (target: DiskTarget) => target.write(0, padded(espContent())) }] : []),
    ],
  };
}

/** What a disk of that size leaves to the root file system, in whole mebibytes. */
function roomFor(size: number, rootStart: number): number {
  const room = size - rootStart - mebibyte;
  if (size % mebibyte === 0 && room >= 16 * mebibyte) return room;
  throw new GildError({
    code: 'DISK_TOO_SMALL',
    message: `A disk of ${size} bytes cannot be made.`,
    hint: 'Its `size` is a whole number of mebibytes, 128 at least.',
  });
}

function wordsOf(bytes: Buffer): number[] {
  return [0, 4, 8, 12].map((at) => bytes.readUInt32LE(at));
}
