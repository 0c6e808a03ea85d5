import type { Readable, Transform } from 'node:stream';
import { createGzip } from 'node:zlib';
import { z } from 'zod';
import { evenChunks } from '../support/even-chunks.ts';
import { through } from '../support/streams.ts';
import { createZstdCompressor } from '../support/zstd/compressor.ts';
import { exportAtomically } from './export-atomically.ts';
import { fileName } from './file-name.ts';
import { copyBlob } from './place-blob.ts';
import type { Output, OutputContext } from './types.ts';

const schema = z.strictObject({
  compression: z
    .enum(['zstd', 'gzip', 'none'])
    .default('zstd')
    .describe('How the tar is packed: `zstd` (.tar.zst), `gzip` (.tar.gz) or `none` (.tar).'),
});

const formats = {
  zstd: { extension: 'tar.zst', mediaType: 'application/zstd', compressor: createZstdCompressor },
  gzip: { extension: 'tar.gz', mediaType: 'application/gzip', compressor: () => createGzip({ level: 6 }) },
  none: { extension: 'tar', mediaType: 'application/x-tar', compressor: undefined },
} as const;

export const rootfs: Output = {
  type: 'rootfs',
  summary: 'The whole root file system as one tar file',
  schema,
  async make(input, options, context) {
    const format = formats[schema.parse(options).compression];
    const tar = await context.trees.flatten(input.tree, context.signal);
    const { digest, size } = await pack(tar, format.compressor?.(), context);
    return {
      type: 'rootfs',
      digest,
      size,
      mediaType: format.mediaType,
      blobs: [digest],
      fileName: fileName(input, format.extension),
    };
  },
  fileNameFor: (input, options) => fileName(input, formats[schema.parse(options).compression].extension),
  export: (artifact, path, blobs) =>
    exportAtomically(path, (temporary) => copyBlob(blobs, artifact.digest, temporary)),
};

function pack(tar: Readable, compressor: Transform | undefined, { blobs }: OutputContext) {
  if (!compressor) return blobs.write(tar);
  return through(evenChunks(tar), compressor, (packed) => blobs.write(packed));
}
