import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { GildError } from '../support/errors.ts';
import { type OutboundResponse, shown } from '../support/outbound.ts';
import { withRetries } from '../support/retry.ts';
import { type AskOptions, ask, BadAnswer, validatorsIn } from './ask.ts';
import { createDownloadCache, type DownloadCache, type Remembered } from './download-cache.ts';
import { look } from './look.ts';
import { createObjectStorage } from './object-storage.ts';
import { newPath, spool } from './spool.ts';
import type { Downloaded, DownloadRequest, Downloads } from './types.ts';

export interface DownloadOptions extends AskOptions {
  /** An own folder for files on their way; it is made if needed. */
  readonly directory: string;
  /** Folder of what all builds have downloaded, by content; without it everything is fetched each time. */
  readonly cache?: string;
  /** Where the settings of the object storage are; none by default. */
  readonly env?: NodeJS.ProcessEnv;
  /** 8 GiB by default. */
  readonly maxBytes?: number;
  /** 5 by default. */
  readonly maxAttempts?: number;
  /** Wait before the second attempt, doubled for each further one and shortened at random; 500 by default. */
  readonly firstDelayMs?: number;
}

/** Downloads for components, from the public internet and the hosts allowed; see `outbound` for the guard. */
export function createDownloads(options: DownloadOptions): Downloads {
  const { maxAttempts = 5, firstDelayMs = 500, directory, maxBytes } = options;
  const cache = options.cache === undefined ? undefined : createDownloadCache({ folder: options.cache });
  return {
    s3: createObjectStorage({ directory, cache, env: options.env ?? {}, ...(maxBytes && { maxBytes }) }),
    look: (address, known, transfer) => look(parseUrl(address), known, { ...options, ...transfer }),
    fetch: async (request) => {
      const url = parseUrl(request.url);
      const known = await fromChecksum(url, request, { ...options, store: cache });
      if (known) return known;
      let attempt = 0;
      return withRetries(() => fetchOnce(url, request, { ...options, store: cache }), {
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

interface FetchOptions extends DownloadOptions {
  readonly store: DownloadCache | undefined;
}

/** What has the SHA256 asked for is what was asked for, wherever it came from. */
async function fromChecksum(
  url: URL,
  { checksum }: DownloadRequest,
  { store, directory }: FetchOptions,
): Promise<Downloaded | undefined> {
  if (!store || checksum?.algorithm !== 'SHA256') return undefined;
  const sha256 = checksum.value.toLowerCase();
  const remembered = await store.recall(url.href);
  return takeKept(url, remembered?.sha256 === sha256 ? remembered : { sha256 }, store, directory);
}

async function takeKept(
  url: URL,
  { sha256, ...validators }: Remembered,
  store: DownloadCache,
  directory: string,
): Promise<Downloaded | undefined> {
  const path = await newPath(directory);
  if (!(await store.take(sha256, path))) return undefined;
  const { size } = await stat(path);
  const release = () => rm(path, { force: true });
  return { path, size, sha256, finalUrl: shown(url), validators, release };
}

async function fetchOnce(url: URL, request: DownloadRequest, options: FetchOptions): Promise<Downloaded> {
  const remembered = request.ignoreCertificateErrors ? undefined : await options.store?.recall(url.href);
  const response = await ask(url, request, options, remembered);
  if (response.status === 304 && remembered && options.store) {
    response.body.destroy();
    const kept = await takeKept(url, remembered, options.store, options.directory);
    if (kept) {
      request.note?.(`${shown(url)} has not changed since it was last fetched.`);
      return verified(url, kept, request);
    }
    return receive(url, await ask(url, request, options, undefined), request, options);
  }
  return receive(url, response, request, options);
}

/** Whether asking again may change the answer. */
function isPassing(error: unknown): boolean {
  if (error instanceof BadAnswer) return error.status >= 500 || error.status === 408 || error.status === 429;
  return error instanceof GildError && error.code === 'DOWNLOAD_FAILED';
}

async function receive(
  url: URL,
  response: OutboundResponse,
  request: DownloadRequest,
  options: FetchOptions,
): Promise<Downloaded> {
  if (response.status !== 200) {
    response.body.destroy();
    throw new BadAnswer(url, response.status);
  }
  const spooled = await spool(response.body, {
    ...options,
    name: shown(url),
    algorithm: request.checksum?.algorithm,
    brokenOff: 'DOWNLOAD_FAILED',
    signal: request.signal,
  });
  const release = () => rm(spooled.path, { force: true });
  const validators = validatorsIn(response);
  const file = { ...spooled, finalUrl: shown(response.url), validators, release };
  await verified(url, file, request, spooled.checksum);
  await keep(url, file, response, request, options.store);
  return file;
}

/** A full disk of the cache is no reason to fail. */
async function keep(
  url: URL,
  file: Downloaded,
  response: OutboundResponse,
  request: DownloadRequest,
  store: DownloadCache | undefined,
): Promise<void> {
  if (!store || /no-store/i.test(String(response.headers['cache-control']))) return;
  const known = { address: url.href, ...file.validators };
  await store
    .keep(file.path, file.sha256, request.ignoreCertificateErrors ? undefined : known)
    .catch((error: Error) => request.note?.(`The download is not kept for later builds: ${error.message}`));
}

/** Releases the file and throws `DOWNLOAD_REFUSED` where it is not what the checksum says. */
async function verified(
  url: URL,
  file: Downloaded,
  request: DownloadRequest,
  computed?: string,
): Promise<Downloaded> {
  if (!request.checksum) return file;
  const { algorithm, value } = request.checksum;
  const checksum = computed ?? (await hashFile(file.path, algorithm));
  if (checksum === value.toLowerCase()) return file;
  await file.release();
  throw refused(`${shown(url)} has the ${algorithm} checksum ${checksum}, not ${value}.`);
}

async function hashFile(path: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm.toLowerCase());
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url) return url;
  throw refused(`\`${text}\` is not a URL.`);
}

function refused(message: string): GildError {
  return new GildError({ code: 'DOWNLOAD_REFUSED', message });
}
