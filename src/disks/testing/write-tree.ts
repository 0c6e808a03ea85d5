import type { Ext4Options } from '../ext4/types.ts';
import { createExt4Writer } from '../ext4/writer.ts';
import { createSparseFile } from '../sparse-file.ts';
import type { DiskExtent, DiskTarget, FileSystemWriter } from '../types.ts';
import type { Member } from './odd-trees.ts';

export const testOptions: Ext4Options = {
  uuid: Buffer.from('00112233445566778899aabbccddeeff', 'hex'),
  hashSeed: [0x11111111, 0x22222222, 0x33333333, 0x44444444],
  label: 'root',
  epoch: 1_700_000_000,
  size: { kind: 'fit', headroom: 1024 * 1024 },
};

const zeros = Buffer.alloc(1024 * 1024);

export interface WrittenTree {
  readonly size: number;
  readonly extents: readonly DiskExtent[];
}

/** Writes the members as an ext4 file system to `path`, which does not exist. */
export function writeTree(
  path: string,
  members: Iterable<Member>,
  options: Ext4Options = testOptions,
): Promise<WrittenTree> {
  return writeTreeWith((target) => createExt4Writer(target, options), path, members);
}

/** The same with any file system. */
export async function writeTreeWith(
  open: (target: DiskTarget) => FileSystemWriter,
  path: string,
  members: Iterable<Member>,
): Promise<WrittenTree> {
  const file = await createSparseFile(path);
  try {
    const writer = open(file);
    let written = 0;
    for (const { entry, content } of members) {
      writer.entry(entry);
      for (const piece of content) {
        if (typeof piece !== 'number') writer.data(piece);
        else for (let at = 0; at < piece; at += zeros.length) writer.data(zeros.subarray(0, piece - at));
        await file.settle();
      }
      if (++written % 1000 === 0) await file.settle();
    }
    writer.end();
    return { size: writer.size, extents: await file.finish(writer.size) };
  } catch (error) {
    await file.abandon();
    throw error;
  }
}
