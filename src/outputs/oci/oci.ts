import { z } from 'zod';
import type { Artifact } from '../../model/artifact.ts';
import type { Layer } from '../../model/tree.ts';
import { canonicalJson } from '../../support/canonical.ts';
import { exportAtomically } from '../export-atomically.ts';
import { fileName } from '../file-name.ts';
import { imageConfig } from '../image-config.ts';
import type { Output, OutputContext, OutputInput } from '../types.ts';
import { writeLayout } from './layout.ts';
import { imageManifest } from './manifest.ts';
import { mediaTypes } from './media-types.ts';

const schema = z.strictObject({
  compression: z
    .enum(['zstd', 'gzip'])
    .default('zstd')
    .describe(
      'Of the layers that Gild makes; layers of a base image stay as they are. `gzip` makes every layer gzip, ' +
        'for tools that know no zstd (umoci, Docker before 23).',
    ),
  tag: z
    .string()
    .max(128)
    .regex(/^[A-Za-z0-9]+(?:[-._:@/+][A-Za-z0-9]+)*$/, 'letters and digits, with single -._:@/+ between them')
    .optional()
    .describe('Name of the image in the layout, as in `oci:folder:tag`. The version if left out.'),
});

export const oci: Output = {
  type: 'oci',
  summary: 'OCI image layout, a folder: for podman, skopeo, containerd, registries',
  schema,
  async make(input, options, context) {
    const { compression, tag } = schema.parse(options);
    const layers = compression === 'gzip' ? await allGzip(input, context) : input.tree.layers;
    const config = await context.blobs.write(canonicalJson(imageConfig(input)));
    const manifest = await context.blobs.write(canonicalJson(imageManifest(input, { config, layers, tag })));
    const sizes = new Map([manifest, config, ...layers.map(asBlob)].map((blob) => [blob.digest, blob.size]));
    return {
      type: 'oci',
      digest: manifest.digest,
      size: [...sizes.values()].reduce((sum, size) => sum + size, 0),
      mediaType: mediaTypes.manifest,
      blobs: [...sizes.keys()],
      fileName: fileName(input, 'oci'),
    };
  },
  export: (artifact: Artifact, path, blobs) =>
    exportAtomically(path, (temporary) => writeLayout(artifact, temporary, blobs)),
};

/** One after the other: each compression uses the machine's cores already. */
async function allGzip(input: OutputInput, context: OutputContext): Promise<readonly Layer[]> {
  const layers: Layer[] = [];
  for (const layer of input.tree.layers) {
    context.signal?.throwIfAborted();
    layers.push(await context.trees.compressed(layer, 'gzip'));
  }
  return layers;
}

function asBlob(layer: Layer): { readonly digest: Layer['blob']; readonly size: number } {
  return { digest: layer.blob, size: layer.size };
}
