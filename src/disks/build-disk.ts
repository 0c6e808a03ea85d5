import { rm } from 'node:fs/promises';
import type { Host } from '../host/types.ts';
import type { DiskSpec } from '../model/disk.ts';
import { GildError } from '../support/errors.ts';
import { createTarReader } from '../support/tar/reader.ts';
import { makeBootCode } from './boot/grub.ts';
import { createExt4Writer } from './ext4/writer.ts';
import { fat32 } from './fat/fat32.ts';
import { type Partition, partitionTables, sectorSize } from './gpt/gpt.ts';
import { derivedBytes, derivedUuid, uuidText } from './identifiers.ts';
import { withMountPoints } from './mount-points.ts';
import { openRawDisk } from './raw.ts';
import { createSparseFile, type SparseFile } from './sparse-file.ts';
import type { DiskTarget, OpenDisk } from './types.ts';

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
const coreSector = mebibyte / sectorSize;
const espStart = 2 * mebibyte;
const espSize = 64 * mebibyte;
const blockSize = 4096;

/** The UUID of the root file system of a disk, for its boot configuration, which is on it. */
export function rootUuid(seed: string): string {
  return uuidText(derivedUuid(seed, 'root file system'));
}

/**
 * A disk with a GPT that BIOS and UEFI boot from, of the tar of a root file system; neither a loop device nor a mount
 * is needed. Equal tars and requests give equal bytes. Throws `DISK_TOO_SMALL`, `ARCHIVE_REFUSED`.
 */
export async function buildDisk(tar: AsyncIterable<Buffer>, request: DiskRequest): Promise<OpenDisk> {
  const file = await createSparseFile(request.path);
  try {
    const size = await fill(file, tar, request);
    return await openRawDisk(request.path, await file.finish(size));
  } catch (error) {
    await file.abandon().catch(() => undefined);
    await rm(request.path, { force: true });
    throw error;
  }
}

async function fill(file: SparseFile, tar: AsyncIterable<Buffer>, request: DiskRequest): Promise<number> {
  const { host, seed, spec, epoch, signal } = request;
  const uefi = spec.firmware.includes('uefi');
  const rootStart = uefi ? espStart + espSize : espStart;
  const code = makeBootCode(host, { rootUuid: rootUuid(seed), coreSector });
  code.catch(() => undefined);
  const root = createExt4Writer(shifted(file, rootStart), {
    uuid: derivedUuid(seed, 'root file system'),
    hashSeed: wordsOf(derivedBytes(seed, 'hash seed', 16)),
    label: 'root',
    epoch,
    size:
      spec.size === undefined
        ? { kind: 'fit', headroom: spec.headroom }
        : { kind: 'fixed', bytes: roomFor(spec.size, rootStart) },
  });
  const reader = createTarReader(withMountPoints(root, epoch), { endMark: 'optional' });
  for await (const chunk of tar) {
    signal?.throwIfAborted();
    reader.push(chunk);
    await file.settle();
  }
  reader.end();
  const size = spec.size ?? rootStart + root.size + mebibyte;
  const { mbr, core, efi } = await code;
  const partitions: Partition[] = [
    partition(seed, 'bios-boot', { start: mebibyte, length: mebibyte }),
    ...(uefi ? [partition(seed, 'esp', { start: espStart, length: espSize })] : []),
    partition(seed, 'root-amd64', { start: rootStart, length: size - mebibyte - rootStart }),
  ];
  const { head, tail } = partitionTables(size, derivedUuid(seed, 'disk'), partitions);
  if (spec.firmware.includes('bios')) mbr.copy(head, 0);
  file.write(0, padded(head));
  if (spec.firmware.includes('bios')) file.write(mebibyte, padded(core));
  if (uefi) {
    const esp = fat32({
      size: espSize,
      label: 'ESP',
      serial: derivedBytes(seed, 'esp', 4),
      files: new Map([['EFI/BOOT/BOOTX64.EFI', efi]]),
      epoch,
    });
    file.write(espStart, padded(esp));
  }
  file.write(size - blocksOf(tail.length), padded(tail, 'before'));
  return size;
}

/** What a disk of that size leaves to the root file system, in whole mebibytes. */
function roomFor(size: number, rootStart: number): number {
  const room = Math.floor((size - rootStart - mebibyte) / mebibyte) * mebibyte;
  if (size % mebibyte === 0 && room >= 16 * mebibyte) return room;
  throw new GildError({
    code: 'DISK_TOO_SMALL',
    message: `A disk of ${size} bytes cannot be made.`,
    hint: 'Its `size` is a whole number of mebibytes, 128 at least.',
  });
}

function partition(
  seed: string,
  type: Partition['type'],
  { start, length }: { readonly start: number; readonly length: number },
): Partition {
  return {
    name: type === 'root-amd64' ? 'root' : type,
    type,
    uuid: derivedUuid(seed, `partition ${type}`),
    firstSector: start / sectorSize,
    lastSector: (start + length) / sectorSize - 1,
  };
}

function shifted(target: DiskTarget, by: number): DiskTarget {
  return { write: (offset, bytes) => target.write(by + offset, bytes) };
}

function wordsOf(bytes: Buffer): number[] {
  return [0, 4, 8, 12].map((at) => bytes.readUInt32LE(at));
}

function blocksOf(length: number): number {
  return Math.ceil(length / blockSize) * blockSize;
}

function padded(bytes: Buffer, zeros: 'before' | 'after' = 'after'): Buffer {
  const padding = Buffer.alloc(blocksOf(bytes.length) - bytes.length);
  return Buffer.concat(zeros === 'before' ? [padding, bytes] : [bytes, padding]);
}
