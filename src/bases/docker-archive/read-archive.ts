import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { BaseSpec } from '../../model/buildspec.ts';
import type { Digest } from '../../model/digest.ts';
import type { LockedBase } from '../../model/lock.ts';
import type { Layer } from '../../model/tree.ts';
import { sha256 } from '../../support/canonical.ts';
import { GildError } from '../../support/errors.ts';
import { manifestLimit } from '../../support/registry/client.ts';
import { compressionOf } from '../container/compression.ts';
import { type ImageConfig, readImageConfig } from '../container/config.ts';
import { asArray, asObject } from '../container/descriptor.ts';
import { importLayers } from '../container/import-layers.ts';
import { parseJson, unusable } from '../container/manifest.ts';
import type { PinnedLayer } from '../container/resolve-image.ts';
import { changed, notFound, openBaseFile } from '../paths.ts';
import type { BaseContext } from '../types.ts';
import { type Extent, indexArchive } from './archive-index.ts';

export async function resolveArchive(
  spec: BaseSpec,
  { architecture, signal }: BaseContext,
): Promise<LockedBase> {
  const { reference } = spec;
  const { path, name } = spec.options as unknown as { path: string; name?: string };
  const file = await openBaseFile(path, reference);
  try {
    if ((await compressionOf(file, reference)) !== 'none') {
      throw unusable(reference, 'the archive is compressed as a whole', 'Decompress it first.');
    }
    const find = await indexArchive(file, signal);
    const image = chooseImage(
      parseJson(await readFile(file, find('manifest.json'), 'manifest.json', reference), reference),
      name,
      reference,
    );
    const bytes = await readFile(file, find(image.config), image.config, reference);
    const config = readImageConfig(parseJson(bytes, reference));
    if (!config || config.diffIds.length !== image.layers.length)
      throw unusable(reference, 'its config does not fit its layers');
    if (config.os !== 'linux' || config.architecture !== architecture) {
      throw unusable(
        reference,
        `it is for ${config.os}/${config.architecture}, not for linux/${architecture}`,
      );
    }
    const layers = image.layers.map((layer) => find(layer) ?? lacking(reference, layer));
    const pin = { path, layers: await pinLayers(file, layers, config, reference) };
    return {
      kind: 'docker-archive',
      reference,
      digest: sha256(bytes),
      epoch: config.epoch,
      config: config.config,
      pin,
    };
  } finally {
    await file.close();
  }
}

export async function fetchArchive(
  locked: LockedBase,
  { trees, host, signal }: BaseContext,
): Promise<readonly Layer[]> {
  const { path, layers } = locked.pin as unknown as { path: string; layers: readonly ArchivedLayer[] };
  const extents = new Map(layers.map(({ blob, extent }) => [blob, extent]));
  return importLayers(layers, {
    trees,
    home: host.home,
    signal,
    open: async ({ blob }) => {
      const extent = extents.get(blob) ?? lacking(locked.reference, blob);
      const file = await openBaseFile(path, locked.reference);
      if ((await file.stat()).size < extent.start + extent.size) {
        await file.close();
        throw changed(locked.reference, path);
      }
      return file.createReadStream(range(extent));
    },
  });
}

interface ArchivedLayer extends PinnedLayer {
  readonly extent: Extent;
}

interface ArchivedImage {
  readonly config: string;
  readonly layers: readonly string[];
  readonly names: readonly string[];
}

function chooseImage(manifest: unknown, name: string | undefined, reference: string): ArchivedImage {
  const images = asArray(manifest).map((item): ArchivedImage => {
    const { Config: config, Layers: layers, RepoTags: names } = asObject(item);
    if (typeof config !== 'string') throw unusable(reference, 'its manifest.json names no config');
    return { config, layers: asArray(layers).map(String), names: asArray(names).map(String) };
  });
  const fitting =
    name === undefined ? images : images.filter(({ names }) => names.some((known) => isNamed(known, name)));
  const [only, ...more] = fitting;
  if (only && more.length === 0) return only;
  const names = images.flatMap((image) => image.names).sort();
  const hint = names.length > 0 ? `It holds: ${names.slice(0, 20).join(', ')}.` : 'Its images have no names.';
  const why =
    fitting.length === 0
      ? name === undefined
        ? 'the archive is empty'
        : `the archive has no ${name}`
      : `the archive has ${images.length} images`;
  throw notFound(
    reference,
    why,
    only ? `Add the name of one: docker-archive:./file.tar:name:tag. ${hint}` : hint,
  );
}

function isNamed(known: string, name: string): boolean {
  const full = /:[^/]*$/.test(name) ? name : `${name}:latest`;
  return known === full || known === `docker.io/${full}` || known === `docker.io/library/${full}`;
}

async function readFile(
  file: FileHandle,
  extent: Extent | undefined,
  name: string,
  reference: string,
): Promise<Buffer> {
  if (!extent) lacking(reference, name);
  if (extent.size > manifestLimit)
    throw unusable(reference, `its ${name} is larger than ${manifestLimit} bytes`);
  const buffer = Buffer.alloc(extent.size);
  const { bytesRead } = await file.read(buffer, 0, extent.size, extent.start);
  if (bytesRead < extent.size) throw unusable(reference, 'the file is cut off');
  return buffer;
}

/** Layers are plain tars as a rule, then the digest of the tar is known; compressed ones have to be read. */
function pinLayers(
  file: FileHandle,
  extents: readonly Extent[],
  { diffIds, createdBy }: ImageConfig,
  reference: string,
) {
  return Promise.all(
    extents.map(async (extent, at): Promise<ArchivedLayer> => {
      const diffId = diffIds[at] ?? lacking(reference, `layer ${at + 1}`);
      if (extent.size === 0) throw unusable(reference, 'one of its layers is empty');
      const isPlain = (await compressionOf(file, reference, extent.start)) === 'none';
      const blob = isPlain ? diffId : await digestOfRange(file, extent);
      return { blob, diffId, size: extent.size, createdBy: createdBy[at] || reference, extent };
    }),
  );
}

async function digestOfRange(file: FileHandle, extent: Extent): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const chunk of file.createReadStream({ ...range(extent), autoClose: false }))
    hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

function range({ start, size }: Extent): { start: number; end: number } {
  return { start, end: start + size - 1 };
}

function lacking(reference: string, name: string): never {
  throw new GildError({
    code: 'ARCHIVE_REFUSED',
    message: `The base ${reference} has no ${name} in it, so it is not what \`docker save\` writes.`,
    hint: 'A root file system in one tar is written rootfs:./file.tar, a layout oci:./folder.',
  });
}
