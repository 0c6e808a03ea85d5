import { type FileHandle, open } from 'node:fs/promises';
import { writeFully } from '../support/files.ts';
import { createExtentList, scanExtents } from './extents.ts';

const pieceSize = 1024 * 1024;

/** Copies a file of this host to `to`, which must not exist; where there are only zeros, the copy has holes. */
export async function copySparse(from: string, to: string): Promise<void> {
  const source = await open(from);
  try {
    const target = await open(to, 'wx', 0o644);
    try {
      await copyData(source, target);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function copyData(source: FileHandle, target: FileHandle): Promise<void> {
  const buffer = Buffer.allocUnsafe(pieceSize);
  let size = 0;
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, pieceSize, size);
    if (bytesRead === 0) break;
    const data = createExtentList();
    scanExtents(buffer.subarray(0, bytesRead), size, data);
    for (const { offset, length } of data.extents) {
      await writeFully(target, buffer.subarray(offset - size, offset - size + length), offset);
    }
    size += bytesRead;
  }
  await target.truncate(size);
}
