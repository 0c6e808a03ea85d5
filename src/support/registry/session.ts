import type { Readable } from 'node:stream';
import { GildError } from '../errors.ts';
import { type OutboundOptions, type OutboundResponse, outbound, type Reach } from '../outbound.ts';
import { withRetries } from '../retry.ts';
import { createAuthorizer } from './authorizer.ts';
import { type Credentials, findCredentials } from './credentials.ts';
import { formatImageReference, type ImageReference } from './reference.ts';

export interface RepositoryOptions {
  /** Plain http to any host; localhost is spoken to in plain http anyway. */
  readonly insecure?: boolean;
  readonly credentials?: () => Promise<Credentials | undefined>;
  /** Of the first wait before another attempt; tests make it short. */
  readonly firstDelayMs?: number;
  readonly idleMs?: number;
}

/** What a request to a repository is, beside the repository. */
export interface Asked extends Pick<OutboundOptions, 'method' | 'headers' | 'body' | 'signal'> {
  /** Statuses that are an answer; 200 when absent. */
  readonly expect?: readonly number[];
  /** `any` when absent: a person named the registry. */
  readonly reach?: Reach;
}

/** Requests to one repository of a registry, with log-in. */
export interface Session {
  /** Once. `where` is a path below the repository, or an address that the registry gave. */
  ask(where: string | URL, asked: Asked): Promise<OutboundResponse>;
  /** Begins anew where another attempt is worth it, and explains the last failure. */
  persist<T>(job: () => Promise<T>, signal: AbortSignal | undefined): Promise<T>;
  /** Both. */
  request<T>(where: string, asked: Asked, read: (response: OutboundResponse) => T | Promise<T>): Promise<T>;
}

/** `actions` as in the scope of a token: `pull`, `pull,push`. Throws `BASE_NOT_FOUND`, `BASE_UNREACHABLE`. */
export function openSession(image: ImageReference, actions: string, options: RepositoryOptions): Session {
  const plainHttp = options.insecure === true || isLocal(image.registry);
  const host = image.registry === 'docker.io' ? 'registry-1.docker.io' : image.registry;
  const root = new URL(`${plainHttp ? 'http' : 'https'}://${host}/v2/${image.repository}/`);
  const authorizer = createAuthorizer({
    registry: image.registry,
    scope: `repository:${image.repository}:${actions}`,
    credentials: options.credentials ?? (() => findCredentials(image)),
    plainHttp,
  });

  /** Who is elsewhere gets no credentials. */
  async function ask(where: string | URL, asked: Asked, logins = 0): Promise<OutboundResponse> {
    const { expect = [200], reach = 'any', headers, ...rest } = asked;
    const url = new URL(where, root);
    const isOurs = url.origin === root.origin;
    const authorization = isOurs ? authorizer.header() : undefined;
    const response = await outbound(url, {
      ...rest,
      headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
      reach,
      ...(options.idleMs === undefined ? {} : { idleMs: options.idleMs }),
    });
    if (expect.includes(response.status)) return response;
    discard(response.body);
    const mayLogIn = response.status === 401 && isOurs && logins < mostLogins;
    if (mayLogIn && (await authorizer.answer(response, asked.signal))) return ask(where, asked, logins + 1);
    throw new StatusError(response, image);
  }

  async function persist<T>(job: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    try {
      return await withRetries(job, {
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
    ask,
    persist,
    request: (where, asked, read) => persist(async () => read(await ask(where, asked)), asked.signal),
  };
}

/** For one request: a token that expired, and a scope that was too narrow. */
const mostLogins = 3;

/** Lets go of a body that nobody reads. */
export function discard(body: Readable): void {
  body.on('error', () => undefined).destroy();
}

/** Worth another attempt: the connection failed, or the server was busy. */
export function isPassing(error: unknown): boolean {
  if (error instanceof StatusError) return [408, 425, 429, 500, 502, 503, 504].includes(error.status);
  if (error instanceof GildError) return error.code === 'DOWNLOAD_FAILED';
  const { code } = error as { code?: unknown };
  return (
    code === 'ECONNRESET' || code === 'EPIPE' || code === 'ETIMEDOUT' || code === 'ERR_STREAM_PREMATURE_CLOSE'
  );
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

function isLocal(registry: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(registry);
}
