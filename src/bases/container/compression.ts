import type { FileHandle } from 'node:fs/promises';
import { GildError } from '../../support/errors.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

/** By the first bytes at `position`. Throws `ARCHIVE_REFUSED` for compressions that Gild does not read. */
export async function compressionOf(file: FileHandle, reference: string, position = 0): Promise<Compression> {
  const { buffer } = await file.read(Buffer.alloc(6), 0, 6, position);
  const starts = (hex: string) => buffer.toString('hex').startsWith(hex);
  if (starts('1f8b')) return 'gzip';
  if (starts('28b52ffd')) return 'zstd';
  for (const [hex, name, tool] of unread) {
    if (!starts(hex)) continue;
    throw new GildError({
      code: 'ARCHIVE_REFUSED',
      message: `The base ${reference} is compressed with ${name}, which is not supported: only gzip and zstd are.`,
      hint: `Decompress it first: \`${tool} -d\`.`,
    });
  }
  return 'none';
}

const unread = [
  ['fd377a585a00', 'xz', 'xz'],
  ['425a68', 'bzip2', 'bzip2'],
  ['04224d18', 'lz4', 'lz4'],
] as const;
