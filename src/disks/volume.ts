import { rm } from 'node:fs/promises';
import type { FileSystemType } from '../model/disk.ts';
import { GildError, toGildError } from '../support/errors.ts';
import type { TarSink } from '../support/tar/entry.ts';
import { createBtrfsWriter } from './btrfs/writer.ts';
import { createExt4Writer } from './ext4/writer.ts';
import type { FileSystem } from './file-systems.ts';
import { derivedBytes } from './identifiers.ts';
import { type DiskPartition, shifted } from './partitions.ts';
import { openRawDisk } from './raw.ts';
import { createSparseFile, type SparseFile } from './sparse-file.ts';
import type { DiskTarget, FileSystemSize, FileSystemWriter } from './types.ts';
import { createXfsWriter } from './xfs/writer.ts';

/** A file system that is being written. */
export interface Volume {
  /** Takes its tree. */
  readonly sink: TarSink;
  /** Resolves when so much has reached its file that more may be written. */
  settle(): Promise<void>;
  /** After the end of the tree: how large it is, and what is left to write where its partition lies. */
  finish(): Promise<Pick<DiskPartition, 'size' | 'write'>>;
  /** Removes what it needed beside the disk. */
  close(): Promise<void>;
}

export interface VolumeOptions {
  readonly fileSystem: FileSystem;
  readonly seed: string;
  readonly epoch: number;
  /** Bytes, for one that takes the whole of what is left. */
  readonly room: number;
  readonly disk: SparseFile;
}

const pieceSize = 2 ** 20;

/** For a partition whose place is known: everything goes there at once. */
export function volumeInPlace(options: VolumeOptions, start: number): Volume {
  const { sink, size } = openWriter(shifted(options.disk, start), options);
  return {
    sink,
    settle: () => options.disk.settle(),
    finish: async () => ({ size: size() }),
    close: async () => undefined,
  };
}

/** For a partition behind one whose size is not known yet: written to a file of its own, and from there to the disk. */
export async function volumeAside(options: VolumeOptions, path: string): Promise<Volume> {
  const file = await createSparseFile(path);
  const { sink, size } = openWriter(file, options);
  let finished = false;
  return {
    sink,
    settle: () => file.settle(),
    async finish() {
      finished = true;
      const extents = await file.finish(size());
      return { size: size(), write: (target) => copyFile({ path, extents }, target, options.disk) };
    },
    async close() {
      if (!finished) await file.abandon().catch(() => undefined);
      await rm(path, { force: true });
    },
  };
}

async function copyFile(
  from: { readonly path: string; readonly extents: Awaited<ReturnType<SparseFile['finish']>> },
  target: DiskTarget,
  disk: SparseFile,
): Promise<void> {
  const source = await openRawDisk(from.path, from.extents);
  try {
    const memory = Buffer.allocUnsafe(pieceSize);
    for (const { offset, length } of source.extents) {
      for (let done = 0; done < length; done += pieceSize) {
        const piece = memory.subarray(0, length - done);
        await source.read(offset + done, piece);
        target.write(offset + done, piece);
        await disk.settle();
      }
    }
  } finally {
    await source.close();
  }
}

function openWriter(target: DiskTarget, options: VolumeOptions) {
  const { mountPoint } = options.fileSystem;
  const size = sizeFor(options.fileSystem, options.room);
  const writer = writers[options.fileSystem.type](target, options);
  const end = () => {
    try {
      writer.end();
    } catch (thrown) {
      throw mountPoint === '/' ? thrown : withPlace(thrown, mountPoint);
    }
  };
  return {
    sink: { entry: writer.entry, data: writer.data, end },
    size: () => (size.kind === 'fit' ? writer.size : size.bytes),
  };
}

const writers: Readonly<
  Record<FileSystemType, (target: DiskTarget, options: VolumeOptions) => FileSystemWriter>
> = {
  ext4: (target, { fileSystem, seed, epoch, room }) => {
    const { mountPoint, uuid, label } = fileSystem;
    const purpose = mountPoint === '/' ? 'hash seed' : `hash seed ${mountPoint}`;
    const hashSeed = wordsOf(derivedBytes(seed, purpose, 16));
    return createExt4Writer(target, { uuid, hashSeed, label, epoch, size: sizeFor(fileSystem, room) });
  },
  btrfs: (target, { fileSystem, seed, epoch, room }) => {
    const { mountPoint, uuid, label } = fileSystem;
    return createBtrfsWriter(target, {
      uuid,
      seed: `${seed} ${mountPoint}`,
      label,
      epoch,
      size: sizeFor(fileSystem, room),
    });
  },
  xfs: (target, { fileSystem, epoch, room }) => {
    const { uuid, label } = fileSystem;
    return createXfsWriter(target, { uuid, label, epoch, size: sizeFor(fileSystem, room) });
  },
};

function sizeFor({ size }: FileSystem, room: number): FileSystemSize {
  return size.kind === 'whole' ? { kind: 'fixed', bytes: room } : size;
}

function withPlace(thrown: unknown, mountPoint: string): unknown {
  const { code, message } = toGildError(thrown);
  if (code !== 'DISK_TOO_SMALL') return thrown;
  return new GildError({
    code,
    message: `The partition for \`${mountPoint}\` is too small. ${message}`,
    hint: 'Give it a larger `size`, or leave that out: then it fits itself to what is in it.',
    cause: thrown,
  });
}

function wordsOf(bytes: Buffer): number[] {
  return [0, 4, 8, 12].map((at) => bytes.readUInt32LE(at));
}
