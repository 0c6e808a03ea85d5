import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Layer } from '../model/tree.ts';
import { canonicalJson, sha256 } from '../support/canonical.ts';
import { GildError } from '../support/errors.ts';
import { tarEnd, tarHeader, tarPadding } from '../support/tar/plain-file.ts';
import { exportAtomically } from './export-atomically.ts';
import { fileName } from './file-name.ts';
import { imageConfig } from './image-config.ts';
import { copyBlob } from './place-blob.ts';
import type { Output, OutputContext, OutputInput } from './types.ts';

const reference =
  /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?::[0-9]+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

const schema = z.strictObject({
  tag: z
    .string()
    .max(255)
    .regex(reference, 'a lower-case name and a tag, as in `registry.example/web-server:1.0`')
    .optional()
    .describe('What `docker load` calls the image: `name:tag`. Name and version of the recipe if left out.'),
});

export const dockerArchive: Output = {
  type: 'docker-archive',
  summary: 'One tar file for `docker load` and `podman load`',
  schema,
  leastSpace: ({ layers }) => layers.reduce((sum, { unpackedSize }) => sum + unpackedSize, 0),
  async make(input, options, context) {
    const { tag } = schema.parse(options);
    const content = Readable.from(archive(input, tag ?? defaultTag(input), context), { objectMode: false });
    const { digest, size } = await context.blobs.write(content);
    return {
      type: 'docker-archive',
      digest,
      size,
      mediaType: 'application/x-tar',
      blobs: [digest],
      fileName: fileName(input, 'docker.tar'),
    };
  },
  export: (artifact, path, blobs) =>
    exportAtomically(path, (temporary) => copyBlob(blobs, artifact.digest, temporary)),
};

/** Docker wants lower case and no doubled separators: `MyAppImage` becomes `myappimage`. */
function defaultTag(input: OutputInput): string {
  const name = input.name.toLowerCase().replace(/[^a-z0-9]+/g, (gap) => (/^[._-]$/.test(gap) ? gap : '-'));
  const tag = input.version.replace(/[^A-Za-z0-9_.-]+/g, '-');
  return `${name.replace(/^[._-]+|[._-]+$/g, '') || 'image'}:${tag}`;
}

/** `manifest.json` comes first, so that a reader of a stream knows what the rest is. */
async function* archive(input: OutputInput, tag: string, context: OutputContext): AsyncGenerator<Buffer> {
  const config = Buffer.from(canonicalJson(imageConfig(input)));
  const configName = `${hex(sha256(config))}.json`;
  const layerNames = input.tree.layers.map(layerName);
  const manifest = [{ Config: configName, RepoTags: [tag], Layers: layerNames }];
  yield* smallFile('manifest.json', Buffer.from(canonicalJson(manifest)), input.epoch);
  yield* smallFile(configName, config, input.epoch);
  const unique = new Map(input.tree.layers.map((layer) => [layer.diffId, layer]));
  for (const layer of unique.values()) yield* layerFile(layer, input.epoch, context);
  yield tarEnd;
}

function* smallFile(name: string, content: Buffer, mtime: number): Generator<Buffer> {
  yield tarHeader({ name, size: content.length, mtime });
  yield content;
  yield tarPadding(content.length);
}

async function* layerFile(layer: Layer, mtime: number, context: OutputContext): AsyncGenerator<Buffer> {
  yield tarHeader({ name: layerName(layer), size: layer.unpackedSize, mtime });
  let size = 0;
  for await (const chunk of await context.trees.open(layer)) {
    context.signal?.throwIfAborted();
    size += (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  if (size !== layer.unpackedSize) {
    throw new GildError({
      code: 'STORE_DAMAGED',
      message: `Layer ${layer.diffId} unpacks to ${size} bytes; its record says ${layer.unpackedSize}.`,
      hint: 'Build the image again.',
    });
  }
  yield tarPadding(size);
}

function layerName(layer: Layer): string {
  return `${hex(layer.diffId)}.tar`;
}

function hex(digest: string): string {
  return digest.replace('sha256:', '');
}
