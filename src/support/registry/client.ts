import type { Readable } from 'node:stream';
import type { Digest } from '../../model/digest.ts';
import { sha256 } from '../canonical.ts';
import { type OutboundResponse, readLimited } from '../outbound.ts';
import { mismatch, verified } from '../verified.ts';
import { formatImageReference, type ImageReference, isDigest } from './reference.ts';
import { openSession, type RepositoryOptions } from './session.ts';

/** A manifest as its bytes; `digest` was checked against them. */
export interface Manifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/**
 * Pulls from one repository of an OCI distribution registry. All content is checked against its digest.
 * Throws `BASE_NOT_FOUND`, `BASE_UNREACHABLE`, `DOWNLOAD_REFUSED`.
 */
export interface Repository {
  /** By tag or digest. */
  manifest(reference: string, signal?: AbortSignal): Promise<Manifest>;
  /** A stream that fails at its end if the digest or size is wrong, and is ended early if it is too long. */
  blob(digest: Digest, size: number, signal?: AbortSignal): Promise<Readable>;
}

export function openRepository(image: ImageReference, options: RepositoryOptions = {}): Repository {
  const session = openSession(image, 'pull', options);
  return {
    manifest: (reference, signal) =>
      session.request(
        `manifests/${reference}`,
        { headers: { accept: manifestTypes.join(', ') }, signal },
        (response) => readManifest(response, image, reference),
      ),
    blob: (digest, size, signal) =>
      session.request(`blobs/${digest}`, { headers: { accept: '*/*' }, signal }, ({ body }) =>
        verified(body, { digest, size, from: formatImageReference(image) }),
      ),
  };
}

async function readManifest(
  response: OutboundResponse,
  image: ImageReference,
  reference: string,
): Promise<Manifest> {
  const bytes = await readLimited(
    response.body,
    manifestLimit,
    `The manifest of ${formatImageReference(image)}`,
  );
  const digest = sha256(bytes);
  if (isDigest(reference) && digest !== reference)
    throw mismatch({ digest: reference, from: formatImageReference(image) }, digest);
  const mediaType = String(response.headers['content-type'] ?? '')
    .replace(/;.*/, '')
    .trim();
  return { digest, mediaType, bytes };
}

export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

/** As the distribution specification advises. */
export const manifestLimit = 4 * 1024 * 1024;
