import { z } from 'zod';
import { tarEnd, tarPadding } from '../../support/tar/plain-file.ts';
import { enlargeDisk } from '../gpt/enlarge.ts';
import { dataPieces } from './blocks.ts';
import { gnuSparseHeader } from './gnu-sparse.ts';
import { parallelGzip } from './gzip.ts';
import type { DiskFormat, FormatSource } from './types.ts';

const gibibyte = 1024 ** 3;

/** Google wants this name, this kind of tar, and whole GiB. */
export const gce: DiskFormat = {
  name: 'gce',
  summary: 'For Google Compute Engine: `disk.raw` in a tar.gz',
  mediaType: 'application/gzip',
  schema: z.strictObject({}),
  extension: () => 'gce.tar.gz',
  async write(source, _options, file) {
    for await (const bytes of parallelGzip(sparseTar(source))) await file.append(bytes);
  },
};

async function* sparseTar({ disk: made, epoch, signal }: FormatSource): AsyncGenerator<Buffer> {
  const disk = await enlargeDisk(made, Math.ceil(made.size / gibibyte) * gibibyte);
  yield gnuSparseHeader({ name: 'disk.raw', size: disk.size, mtime: epoch, places: disk.extents });
  let length = 0;
  for await (const { bytes } of dataPieces(disk, signal)) {
    length += bytes.length;
    yield bytes;
  }
  yield tarPadding(length);
  yield tarEnd;
}
