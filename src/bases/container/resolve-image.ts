import type { Architecture } from '../../model/buildspec.ts';
import type { Digest } from '../../model/digest.ts';
import type { LockedBase } from '../../model/lock.ts';
import type { Manifest } from '../../support/registry/client.ts';
import { type ImageConfig, readImageConfig } from './config.ts';
import type { Descriptor } from './descriptor.ts';
import { parseJson, parseManifest, unusable } from './manifest.ts';
import { choosePlatform } from './platform.ts';

/** Where manifests and configs are read from; both check digests. */
export interface ImageSource {
  manifest(descriptor: Pick<Descriptor, 'digest' | 'size'>): Promise<Manifest>;
  /** Small: a config. */
  content(descriptor: Descriptor): Promise<Buffer>;
}

/** What fetching an image takes: everything in it was checked when the base was resolved. */
export interface ImagePin {
  readonly manifest: Digest;
  readonly layers: readonly PinnedLayer[];
}

export interface PinnedLayer {
  readonly blob: Digest;
  readonly size: number;
  readonly diffId: Digest;
  readonly createdBy: string;
}

export interface ResolveImageOptions {
  readonly reference: string;
  readonly architecture: Architecture;
}

/** Goes from a manifest or index down to the layers of the image for this architecture. */
export async function resolveImage(
  top: Manifest,
  source: ImageSource,
  { reference, architecture }: ResolveImageOptions,
): Promise<Pick<LockedBase, 'digest' | 'epoch' | 'config'> & { readonly pin: ImagePin }> {
  const { manifest, image } = await descend(top, source, { reference, architecture }, maxIndexes);
  const config = readImageConfig(parseJson(await source.content(image.config), reference));
  if (!config) throw unusable(reference, 'its config names no architecture or layers');
  if (config.os !== 'linux' || config.architecture !== architecture) {
    throw unusable(reference, `it is for ${config.os}/${config.architecture}, not for linux/${architecture}`);
  }
  return {
    digest: manifest.digest,
    epoch: config.epoch,
    config: config.config,
    pin: pinLayers(manifest, image.layers, config, reference),
  };
}

/** An index of indexes is allowed by the specification, a loop is not possible with digests: this bounds depth. */
const maxIndexes = 3;

async function descend(top: Manifest, source: ImageSource, options: ResolveImageOptions, left: number) {
  const parsed = parseManifest(top.bytes, top.mediaType, options.reference);
  if (parsed.kind === 'image') return { manifest: top, image: parsed };
  if (left === 0) throw unusable(options.reference, 'its indexes are nested too deeply');
  const chosen = choosePlatform(parsed.manifests, options.architecture, options.reference);
  const next: Manifest = { ...(await source.manifest(chosen)), mediaType: chosen.mediaType };
  return descend(next, source, options, left - 1);
}

function pinLayers(
  manifest: Manifest,
  layers: readonly (Descriptor & { readonly isForeign: boolean })[],
  { diffIds, createdBy }: ImageConfig,
  reference: string,
): ImagePin {
  if (layers.length !== diffIds.length) {
    throw unusable(reference, `its manifest has ${layers.length} layers, its config ${diffIds.length}`);
  }
  const pinned = layers.map(({ digest, size, isForeign }, at) => {
    if (isForeign) throw unusable(reference, 'it has layers that are not distributed with it (Windows)');
    return { blob: digest, size, diffId: diffIds[at] ?? digest, createdBy: createdBy[at] || reference };
  });
  return { manifest: manifest.digest, layers: pinned };
}
