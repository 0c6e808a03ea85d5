import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import type { Digest } from '../../model/digest.ts';
import { sha256 } from '../canonical.ts';
import { GildError } from '../errors.ts';
import { type OutboundResponse, outbound, readLimited } from '../outbound.ts';
import { withRetries } from '../retry.ts';
import { createAuthorizer } from './authorizer.ts';
import { type Credentials, findCredentials } from './credentials.ts';
import { formatImageReference, type ImageReference, isDigest } from './reference.ts';

export interface RepositoryOptions {
  /** Plain http to any host; localhost is spoken to in plain http anyway. */
  readonly insecure?: boolean;
  readonly credentials?: () => Promise<Credentials | undefined>;
  /** Of the first wait before another attempt; tests make it short. */
  readonly firstDelayMs?: number;
  readonly idleMs?: number;
}

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
  const plainHttp = options.insecure === true || isLocal(image.registry);
  const host = image.registry === 'docker.io' ? 'registry-1.docker.io' : image.registry;
  const root = `${plainHttp ? 'http' : 'https'}://${host}/v2/${image.repository}`;
  const authorizer = createAuthorizer({
    registry: image.registry,
    scope: `repository:${image.repository}:pull`,
    credentials: options.credentials ?? (() => findCredentials(image)),
    plainHttp,
  });

  async function get<T>(
    path: string,
    accept: string,
    read: (response: OutboundResponse) => T | Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const ask = async (): Promise<OutboundResponse> => {
      const authorization = authorizer.header();
      const response = await outbound(`${root}/${path}`, {
        headers: { accept, ...(authorization === undefined ? {} : { authorization }) },
        reach: 'any',
        signal,
        ...(options.idleMs === undefined ? {} : { idleMs: options.idleMs }),
      });
      if (response.status === 200) return response;
      response.body.on('error', () => undefined).destroy();
      if (response.status === 401 && (await authorizer.answer(response, signal))) return ask();
      throw new StatusError(response, image);
    };
    try {
      return await withRetries(async () => read(await ask()), {
        isWorthRetrying: isPassing,
        askedDelayMs: (error) => (error instanceof StatusError ? error.retryAfterMs : undefined),
        signal,
        ...(options.firstDelayMs === undefined ? {} : { firstDelayMs: options.firstDelayMs }),
      });
    } catch (error) {
      if (error instanceof StatusError) throw error.explained;
      if (isPassing(error)) throw unreachable(image, (error as Error).message, error);
      throw error;
    }
  }

  return {
    manifest: (reference, signal) =>
      get(
        `manifests/${reference}`,
        manifestTypes.join(', '),
        (response) => readManifest(response, image, reference),
        signal,
      ),
    blob: (digest, size, signal) =>
      get(`blobs/${digest}`, '*/*', ({ body }) => checkedBody(body, image, { digest, size }), signal),
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
  if (isDigest(reference) && digest !== reference) throw mismatch(image, reference, digest);
  const mediaType = String(response.headers['content-type'] ?? '')
    .replace(/;.*/, '')
    .trim();
  return { digest, mediaType, bytes };
}

/** A failure of either side reaches the reader as its stream's error. */
function checkedBody(
  body: Readable,
  image: ImageReference,
  expected: { digest: Digest; size: number },
): Readable {
  return pipeline(body, checked(image, expected.digest, expected.size), () => undefined);
}

export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

/** As the distribution specification advises. */
export const manifestLimit = 4 * 1024 * 1024;

/** Worth another attempt: the connection failed, or the server was busy. */
export function isPassing(error: unknown): boolean {
  if (error instanceof StatusError) return [408, 425, 429, 500, 502, 503, 504].includes(error.status);
  if (error instanceof GildError) return error.code === 'DOWNLOAD_FAILED';
  const { code } = error as { code?: unknown };
  return (
    code === 'ECONNRESET' || code === 'EPIPE' || code === 'ETIMEDOUT' || code === 'ERR_STREAM_PREMATURE_CLOSE'
  );
}

function checked(image: ImageReference, digest: Digest, size: number): Transform {
  const hash = createHash('sha256');
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      hash.update(chunk);
      if (seen > size) done(mismatch(image, digest, `more than the ${size} bytes that its manifest states`));
      else done(null, chunk);
    },
    flush(done) {
      const found = `sha256:${hash.digest('hex')}`;
      if (seen < size) done(cutShort(image, digest, seen, size));
      else done(found === digest ? null : mismatch(image, digest, found));
    },
  });
}

class StatusError extends Error {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly explained: GildError;

  constructor({ status, headers }: OutboundResponse, image: ImageReference) {
    super(`${status}`);
    this.status = status;
    const seconds = Number(headers['retry-after'] ?? Number.NaN);
    this.retryAfterMs = Number.isFinite(seconds) ? Math.max(0, seconds) * 1000 : undefined;
    this.explained = explain(status, image);
  }
}

function explain(status: number, image: ImageReference): GildError {
  const name = formatImageReference(image);
  if (status === 404) {
    return new GildError({
      code: 'BASE_NOT_FOUND',
      message: `There is no image ${name}: the registry answered 404.`,
      hint: `Check the repository and the tag; \`skopeo list-tags docker://${image.registry}/${image.repository}\` lists them.`,
    });
  }
  if (status === 401 || status === 403) {
    return new GildError({
      code: 'BASE_UNREACHABLE',
      message: `The registry refused access to ${name} (${status}).`,
      hint: `Check the name, or log in: \`podman login ${image.registry}\`.`,
    });
  }
  if (status === 429) {
    return new GildError({
      code: 'BASE_UNREACHABLE',
      message: `The registry limits how often ${name} may be asked for (429), also after several attempts.`,
      hint: `Wait, or log in for a higher limit: \`podman login ${image.registry}\`.`,
    });
  }
  return unreachable(image, `the registry answered ${status}`);
}

function unreachable(image: ImageReference, why: string, cause?: unknown): GildError {
  return new GildError({
    code: 'BASE_UNREACHABLE',
    message: `${formatImageReference(image)} cannot be reached: ${why.replace(/\.$/, '')}.`,
    ...(isLocal(image.registry) ? { hint: `Is the registry at ${image.registry} running?` } : {}),
    cause,
  });
}

function cutShort(image: ImageReference, digest: Digest, seen: number, size: number): GildError {
  const message = `${formatImageReference(image)}: ${digest} ended after ${seen} of ${size} bytes.`;
  return new GildError({ code: 'DOWNLOAD_FAILED', message });
}

function mismatch(image: ImageReference, expected: Digest, found: string): GildError {
  return new GildError({
    code: 'DOWNLOAD_REFUSED',
    message: `${formatImageReference(image)}: the registry sent ${found} instead of ${expected}.`,
    hint: 'The registry, or something between it and this host, changed or damaged the content.',
  });
}

function isLocal(registry: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(registry);
}
