import { GildError } from '../../support/errors.ts';
import { asArray, asObject, type Descriptor, readDescriptor } from './descriptor.ts';

/** A parsed manifest: either an image, or a list of images to choose from. */
export type ParsedManifest =
  | { readonly kind: 'index'; readonly manifests: readonly Descriptor[] }
  | { readonly kind: 'image'; readonly config: Descriptor; readonly layers: readonly LayerDescriptor[] };

export interface LayerDescriptor extends Descriptor {
  /** As the media type says; the importer looks at the bytes. */
  readonly isForeign: boolean;
}

/** `stated` is the media type that came with the bytes, which the document's own overrules. Throws `BASE_UNREACHABLE`. */
export function parseManifest(bytes: Buffer, stated: string, reference: string): ParsedManifest {
  const document = asObject(parseJson(bytes, reference));
  const mediaType = typeof document.mediaType === 'string' ? document.mediaType : stated;
  if (document.schemaVersion === 1) {
    throw unusable(
      reference,
      'its manifest has the schema 1 of 2015, which is not supported',
      'Push the image again with a current tool.',
    );
  }
  if (indexTypes.has(mediaType) || (!imageTypes.has(mediaType) && Array.isArray(document.manifests))) {
    return {
      kind: 'index',
      manifests: asArray(document.manifests)
        .slice(0, manyManifests)
        .flatMap((item) => readDescriptor(item) ?? []),
    };
  }
  const config = readDescriptor(document.config);
  if (!config || !Array.isArray(document.layers)) {
    throw unusable(reference, `what is there has no image manifest (${mediaType || 'no media type'})`);
  }
  if (!configTypes.has(config.mediaType)) {
    throw unusable(reference, `it is an artifact of type ${config.mediaType}, not a container image`);
  }
  const layers = document.layers.map((item) => readLayer(item, reference));
  if (layers.length > manyLayers)
    throw unusable(reference, `it has ${layers.length} layers; ${manyLayers} are possible`);
  return { kind: 'image', config, layers };
}

export function parseJson(bytes: Buffer, reference: string): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    const start = bytes.subarray(0, 40).toString().replace(/\s+/g, ' ');
    throw unusable(
      reference,
      `the answer is not JSON; it begins with ${JSON.stringify(start)}`,
      'Is there a registry at that address, or a log-in page of a proxy?',
    );
  }
}

export function unusable(reference: string, why: string, hint?: string): GildError {
  return new GildError({
    code: 'BASE_UNREACHABLE',
    message: `${reference} cannot be used as a base: ${why}.`,
    ...(hint === undefined ? {} : { hint }),
  });
}

function readLayer(item: unknown, reference: string): LayerDescriptor {
  const layer = readDescriptor(item);
  if (!layer) throw unusable(reference, 'its manifest has a layer without a usable digest and size');
  if (!layerPattern.test(layer.mediaType))
    throw unusable(reference, `it has a layer of type ${layer.mediaType}`);
  return { ...layer, isForeign: /foreign|nondistributable/.test(layer.mediaType) };
}

const manyManifests = 1000;
const manyLayers = 500;
const indexTypes = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);
const imageTypes = new Set([
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]);
const configTypes = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);
const layerPattern =
  /^application\/vnd\.(?:oci\.image\.layer\.(?:nondistributable\.)?v1\.tar(?:\+gzip|\+zstd)?|docker\.image\.rootfs\.(?:foreign\.)?diff\.tar(?:\.gzip|\.zstd)?)$/;
