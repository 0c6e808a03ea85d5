import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GildError } from '../support/errors.ts';
import { type OutboundResponse, outbound, type Reach, shown } from '../support/outbound.ts';
import { withRetries } from '../support/retry.ts';
import type { Downloaded, DownloadRequest, Downloads } from './types.ts';

export interface DownloadOptions {
  /** An own folder for files on their way; it is made if needed. */
  readonly directory: string;
  /** Names of hosts, as a URL has them, that may have private addresses. */
  readonly allowPrivateHosts?: readonly string[];
  /** 8 GiB by default. */
  readonly maxBytes?: number;
  /** 5 by default. */
  readonly maxAttempts?: number;
  /** Wait before the second attempt, doubled for each further one and shortened at random; 500 by default. */
  readonly firstDelayMs?: number;
  /** Longest silence of a server; 60 s by default. */
  readonly idleMs?: number;
}

/** Downloads for components, from the public internet and the hosts allowed; see `outbound` for the guard. */
export function createDownloads(options: DownloadOptions): Downloads {
  const { maxAttempts = 5, firstDelayMs = 500 } = options;
  return {
    fetch: async (request) => {
      const url = parseUrl(request.url);
      let attempt = 0;
      return withRetries(() => fetchOnce(url, request, options), {
        attempts: maxAttempts,
        firstDelayMs,
        deadlineMs: 600_000,
        signal: request.signal,
        isWorthRetrying: (error) => {
          attempt += 1;
          const again = isPassing(error) && attempt < maxAttempts;
          if (again) request.note?.(`Attempt ${attempt} of ${maxAttempts}: ${(error as Error).message}`);
          return again;
        },
      });
    },
  };
}

async function fetchOnce(url: URL, request: DownloadRequest, options: DownloadOptions): Promise<Downloaded> {
  const allowed = (options.allowPrivateHosts ?? []).map((host) => host.toLowerCase());
  const response = await outbound(url, {
    reach: 'public',
    reachOf: (hop): Reach => (allowed.includes(hop.hostname.toLowerCase()) ? 'any' : 'public'),
    acceptAnyCertificate: request.ignoreCertificateErrors === true && request.checksum !== undefined,
    headers: { 'accept-encoding': 'identity', accept: '*/*' },
    signal: request.signal,
    ...(options.idleMs !== undefined && { idleMs: options.idleMs }),
  });
  if (response.status === 200) return save(url, response, request, options);
  response.body.destroy();
  throw new BadAnswer(url, response.status);
}

/** Any status but 200. */
class BadAnswer extends GildError {
  readonly status: number;

  constructor(url: URL, status: number) {
    super({ code: 'DOWNLOAD_FAILED', message: `${shown(url)}: the server answered ${status}.` });
    this.status = status;
  }
}

/** Whether asking again may change the answer. */
function isPassing(error: unknown): boolean {
  if (error instanceof BadAnswer) return error.status >= 500 || error.status === 408 || error.status === 429;
  return error instanceof GildError && error.code === 'DOWNLOAD_FAILED';
}

async function save(
  url: URL,
  response: OutboundResponse,
  request: DownloadRequest,
  options: DownloadOptions,
): Promise<Downloaded> {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const path = join(options.directory, randomUUID());
  const release = () => rm(path, { force: true });
  try {
    const meter = createMeter(url, request, options.maxBytes ?? 8 * 1024 ** 3);
    await receive(
      url,
      response,
      [meter.stream, createWriteStream(path, { flags: 'wx', mode: 0o600 })],
      request,
    );
    const { size, sha256, checksum } = meter.result();
    if (request.checksum && checksum !== request.checksum.value.toLowerCase()) {
      const { algorithm, value } = request.checksum;
      throw refused(`${shown(url)} has the ${algorithm} checksum ${checksum}, not ${value}.`);
    }
    return { path, size, sha256, finalUrl: shown(response.url), release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** A connection that breaks off in the middle is a failure of the download, not of the disk. */
async function receive(
  url: URL,
  response: OutboundResponse,
  [meter, file]: readonly [Transform, NodeJS.WritableStream],
  request: DownloadRequest,
): Promise<void> {
  try {
    await pipeline(response.body, meter, file, request.signal ? { signal: request.signal } : {});
  } catch (error) {
    request.signal?.throwIfAborted();
    const isBroken = (error as { code?: string }).code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!isBroken && error !== response.body.errored) throw error;
    if (error instanceof GildError) throw error;
    const message = `${shown(url)}: the answer broke off.`;
    throw new GildError({ code: 'DOWNLOAD_FAILED', message, cause: error });
  }
}

/** Counts and hashes what passes through. */
function createMeter(url: URL, request: DownloadRequest, maxBytes: number) {
  const sha256 = createHash('sha256');
  const algorithm = request.checksum?.algorithm ?? 'SHA256';
  const other = algorithm === 'SHA256' ? undefined : createHash(algorithm.toLowerCase());
  let size = 0;
  const stream = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      size += chunk.length;
      if (size > maxBytes) return done(refused(`${shown(url)} is larger than ${maxBytes} bytes.`));
      sha256.update(chunk);
      other?.update(chunk);
      done(null, chunk);
    },
  });
  const result = () => {
    const hex = sha256.digest('hex');
    return { size, sha256: hex, checksum: other?.digest('hex') ?? hex };
  };
  return { stream, result };
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url) return url;
  throw refused(`\`${text}\` is not a URL.`);
}

function refused(message: string): GildError {
  return new GildError({ code: 'DOWNLOAD_REFUSED', message });
}
