import type { Architecture } from '../../model/buildspec.ts';
import type { Descriptor } from './descriptor.ts';
import { unusable } from './manifest.ts';

/** The manifest for Linux on this architecture. Throws with those that are there. */
export function choosePlatform(
  manifests: readonly Descriptor[],
  architecture: Architecture,
  reference: string,
): Descriptor {
  const images = manifests.filter(
    ({ annotations }) => annotations['vnd.docker.reference.type'] === undefined,
  );
  const fitting = images.filter(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === architecture,
  );
  const usual = fitting.find(
    ({ platform }) => platform?.variant === undefined || platform.variant === usualVariant[architecture],
  );
  const lonely = images.length === 1 && images[0]?.platform === undefined ? images[0] : undefined;
  const chosen = usual ?? fitting[0] ?? lonely;
  if (chosen) return chosen;
  const there = images.flatMap(({ platform }) => (platform ? `${platform.os}/${platform.architecture}` : []));
  throw unusable(
    reference,
    `it is not there for linux/${architecture}, only for ${[...new Set(there)].join(', ') || 'nothing'}`,
  );
}

const usualVariant: Readonly<Record<Architecture, string>> = { amd64: 'v1', arm64: 'v8' };
