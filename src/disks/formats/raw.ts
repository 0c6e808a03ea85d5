import { z } from 'zod';
import type { DiskImage } from '../types.ts';
import { dataPieces } from './blocks.ts';
import type { DiskFormat, FormatFile } from './types.ts';

export const raw: DiskFormat = {
  name: 'raw',
  summary: 'The disk byte for byte, with holes where there is nothing',
  mediaType: 'application/octet-stream',
  schema: z.strictObject({}),
  extension: () => 'raw',
  write: ({ disk, signal }, _options, file) => appendDisk(disk, file, signal),
};

/** The whole disk as it is. */
export async function appendDisk(disk: DiskImage, file: FormatFile, signal?: AbortSignal): Promise<void> {
  const start = file.size;
  for await (const { offset, bytes } of dataPieces(disk, signal)) {
    if (start + offset > file.size) await file.skip(start + offset - file.size);
    await file.append(bytes);
  }
  if (file.size < start + disk.size) await file.skip(start + disk.size - file.size);
}
