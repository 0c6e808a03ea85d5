import type { Agent, IncomingMessage } from 'node:http';
import { isIP, type LookupFunction } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { classifyAddress } from './addresses.ts';
import { collect } from './collect.ts';
import { GildError } from './errors.ts';

/**
 * Loaded when somebody asks the network, and not imported: the import of `node:http` as a module loads all of `fetch`, too.
 */
function protocolOf({ protocol }: URL) {
  return process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http');
}

/** `any`: what a person named themselves may be on a private network. Metadata addresses never may. */
export type Reach = 'public' | 'any';

export interface OutboundOptions {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is asked for at each hop anew; its length belongs into the headers. */
  readonly body?: string | Uint8Array | (() => Readable);
  readonly reach: Reach;
  /** Decides for each hop, redirects included, instead of `reach`. */
  readonly reachOf?: (url: URL) => Reach;
  /** Only where whoever wrote the address says so, and for content that nothing else is taken from. */
  readonly acceptAnyCertificate?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Without any byte for this long, the request fails; 60 s by default. */
  readonly idleMs?: number;
  /** 5 by default. */
  readonly maxRedirects?: number;
}

export interface OutboundResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readable;
  /** After redirects. */
  readonly url: URL;
  /** What the first host turned out to be: what it refers to may be private only if it is itself. */
  readonly reached: Reach;
}

/**
 * One HTTP request under the rules for addresses that come from a recipe: resolved once, every answer checked,
 * connected to what was checked; redirects by hand, checked again, never from https to http, and without
 * credentials on another origin. No proxy from the environment. Throws `DOWNLOAD_REFUSED`, `DOWNLOAD_FAILED`.
 */
export async function outbound(address: string | URL, options: OutboundOptions): Promise<OutboundResponse> {
  let url = new URL(address);
  let reach = options.reach;
  let reached: Reach | undefined;
  let headers = { ...options.headers };
  for (let hop = 0; hop <= (options.maxRedirects ?? 5); hop++) {
    const { message, isPrivate } = await once(url, headers, {
      ...options,
      reach: options.reachOf?.(url) ?? reach,
    });
    reached ??= isPrivate ? 'any' : 'public';
    const location = redirectTarget(message);
    if (location === undefined) {
      const { statusCode = 0, headers: received } = message;
      return { status: statusCode, headers: received, body: message, url, reached };
    }
    message.destroy();
    const next = nextUrl(url, location);
    if (next.origin !== url.origin) headers = withoutCredentials(headers);
    url = next;
    reach = reached;
  }
  throw refused(`${shown(new URL(address))} redirects too often.`);
}

/** Reads a body that is expected to be small. Throws `DOWNLOAD_REFUSED` beyond `limit` bytes. */
export async function readLimited(body: Readable, limit: number, what: string): Promise<Buffer> {
  const bytes = await collect(body, limit);
  if (!bytes) throw refused(`${what} is larger than ${limit} bytes.`);
  return bytes;
}

/** Without user, password and query, which may carry secrets. */
export function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

interface Answer {
  readonly message: IncomingMessage;
  readonly isPrivate: boolean;
}

function once(
  url: URL,
  headers: Readonly<Record<string, string>>,
  options: OutboundOptions,
): Promise<Answer> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refused(`${url.protocol} is not http or https.`);
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal)) check(literal, shown(url), options.reach);
  const { request: send } = protocolOf(url);
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(explain(error, url, options.signal));
    const request = send(url, {
      method: options.method ?? 'GET',
      headers: { 'user-agent': 'gild', ...headers },
      agent: options.acceptAnyCertificate ? false : agentFor(url, options.reach),
      rejectUnauthorized: options.acceptAnyCertificate !== true,
      lookup: guardedLookup(options.reach, shown(url)),
      signal: options.signal,
    });
    request.setTimeout(options.idleMs ?? 60_000, () => request.destroy(new Error('no answer in time')));
    request.on('error', fail);
    request.on('response', (message) => {
      const address = message.socket.remoteAddress ?? '';
      resolve({ message, isPrivate: classifyAddress(address) !== 'public' });
    });
    if (typeof options.body !== 'function') return void request.end(options.body);
    pipeline(options.body().once('error', reject), request, () => undefined);
  });
}

const agents = new Map<string, Agent>();

/** Connections are never shared between the two reaches: a kept one was checked under its own. */
function agentFor(url: URL, reach: Reach): Agent {
  const key = `${url.protocol}${reach}`;
  let agent = agents.get(key);
  if (!agent) {
    const options = { keepAlive: true, maxSockets: 16 };
    const { Agent } = protocolOf(url);
    agent = new Agent(options);
    agents.set(key, agent);
  }
  return agent;
}

/** For clients that are not ours: every address that a name has is checked before it is connected to. */
export function guardedLookup(reach: Reach, what?: string): LookupFunction {
  return (host, options, done) => {
    const { lookup } = process.getBuiltinModule('node:dns');
    lookup(host, { ...options, all: true }, (error, answers) => {
      if (error) return done(error, '');
      try {
        for (const { address } of answers) check(address, what ?? host, reach);
      } catch (refusal) {
        return done(refusal as NodeJS.ErrnoException, '');
      }
      if (options.all) return done(null, answers);
      const [first] = answers;
      done(first ? null : new Error(`${host} has no address`), first?.address ?? '', first?.family);
    });
  };
}

function check(address: string, what: string, reach: Reach): void {
  const kind = classifyAddress(address);
  if (kind === 'public' || (kind === 'private' && reach === 'any')) return;
  throw refused(`${what} leads to ${address}, a ${kind} address.`);
}

function redirectTarget(message: IncomingMessage): string | undefined {
  const isRedirect = [301, 302, 303, 307, 308].includes(message.statusCode ?? 0);
  return isRedirect ? message.headers.location : undefined;
}

function nextUrl(url: URL, location: string): URL {
  const next = URL.parse(location, url.href);
  if (!next) throw refused(`${shown(url)} redirects to something that is no address.`);
  if (url.protocol === 'https:' && next.protocol !== 'https:') {
    throw refused(`${shown(url)} redirects from https to ${next.protocol}//${next.host}.`);
  }
  return next;
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  const secret = new Set(['authorization', 'cookie', 'proxy-authorization']);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secret.has(name.toLowerCase())));
}

function refused(message: string): GildError {
  return new GildError({ code: 'DOWNLOAD_REFUSED', message });
}

function explain(error: Error, url: URL, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof GildError) return error;
  const { code } = error as { code?: string };
  const why = reasons[code ?? ''] ?? (error.message || code || 'no connection');
  return new GildError({ code: 'DOWNLOAD_FAILED', message: `${shown(url)}: ${why}.`, cause: error });
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name cannot be resolved now',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ETIMEDOUT: 'the connection timed out',
};
