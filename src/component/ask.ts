import { GildError } from '../support/errors.ts';
import { type OutboundResponse, outbound, type Reach, shown } from '../support/outbound.ts';
import type { Validators } from './download-cache.ts';
import type { DownloadRequest } from './types.ts';

export interface AskOptions {
  /** Names of hosts, as a URL has them, that may have private addresses. */
  readonly allowPrivateHosts?: readonly string[];
  /** Longest silence of a server; 60 s by default. */
  readonly idleMs?: number;
}

/** One request for a file, by what is known of it. */
export function ask(
  url: URL,
  request: Pick<DownloadRequest, 'ignoreCertificateErrors' | 'signal'>,
  options: AskOptions,
  known: Validators | undefined,
): Promise<OutboundResponse> {
  const allowed = (options.allowPrivateHosts ?? []).map((host) => host.toLowerCase());
  return outbound(url, {
    reach: 'public',
    reachOf: (hop): Reach => (allowed.includes(hop.hostname.toLowerCase()) ? 'any' : 'public'),
    acceptAnyCertificate: request.ignoreCertificateErrors === true,
    headers: {
      'accept-encoding': 'identity',
      accept: '*/*',
      ...(known?.etag !== undefined && { 'if-none-match': known.etag }),
      ...(known?.lastModified !== undefined && { 'if-modified-since': known.lastModified }),
    },
    signal: request.signal,
    ...(options.idleMs !== undefined && { idleMs: options.idleMs }),
  });
}

/** Any status but 200. */
export class BadAnswer extends GildError {
  readonly status: number;

  constructor(url: URL, status: number) {
    super({ code: 'DOWNLOAD_FAILED', message: `${shown(url)}: the server answered ${status}.` });
    this.status = status;
  }
}

/** What a server calls the content that it sends. */
export function validatorsIn({ headers }: OutboundResponse): Validators {
  return { etag: first(headers.etag), lastModified: first(headers['last-modified']) };
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
