import type { Digest } from '../../model/digest.ts';
import type { Layer } from '../../model/tree.ts';
import { imageAnnotations, refNameAnnotation, versionAnnotation } from '../annotations.ts';
import type { OutputInput } from '../types.ts';
import { layerMediaTypes, mediaTypes } from './media-types.ts';

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType: typeof mediaTypes.manifest;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
}

export function imageManifest(
  input: OutputInput,
  parts: {
    readonly config: Omit<Descriptor, 'mediaType'>;
    readonly layers: readonly Layer[];
    readonly tag?: string | undefined;
  },
): Manifest {
  return {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: { mediaType: mediaTypes.config, ...parts.config },
    layers: parts.layers.map((layer) => ({
      mediaType: layerMediaTypes[layer.compression],
      digest: layer.blob,
      size: layer.size,
    })),
    annotations: { ...imageAnnotations(input), ...(parts.tag && { [refNameAnnotation]: parts.tag }) },
  };
}

/** The name under which `oci:folder:name` finds the image: a tag of its own, or else the version. */
export function refName(manifest: Manifest): string | undefined {
  return manifest.annotations[refNameAnnotation] ?? manifest.annotations[versionAnnotation];
}
