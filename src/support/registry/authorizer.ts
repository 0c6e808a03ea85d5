import { GildError } from '../errors.ts';
import { type OutboundResponse, outbound, type Reach, readLimited, shown } from '../outbound.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { Credentials } from './credentials.ts';

export interface AuthorizerOptions {
  readonly registry: string;
  /** `repository:library/alpine:pull` */
  readonly scope: string;
  readonly credentials: () => Promise<Credentials | undefined>;
  /** Tokens may be fetched over plain http: only where the registry itself is. */
  readonly plainHttp: boolean;
}

/** Turns a registry's challenge into an `Authorization` header, and keeps it for the next request. */
export interface Authorizer {
  header(): string | undefined;
  /** Returns false if there is nothing (more) to try. Throws if the token server refuses. */
  answer(response: OutboundResponse, signal?: AbortSignal): Promise<boolean>;
}

export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  let header: string | undefined;
  return {
    header: () => header,
    answer: async (response, signal) => {
      const sent = [response.headers['www-authenticate'] ?? []].flat().join(', ');
      const challenges = parseChallenges(sent);
      const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
      const basic = challenges.find(({ scheme }) => scheme === 'basic');
      const before = header;
      if (bearer) header = `Bearer ${await fetchToken(bearer, response.reached, options, signal)}`;
      else if (basic) header = basicHeader(await options.credentials());
      return header !== undefined && header !== before;
    },
  };
}

function basicHeader(credentials: Credentials | undefined): string | undefined {
  if (credentials?.kind !== 'password') return undefined;
  return `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;
}

async function fetchToken(
  challenge: Challenge,
  reach: Reach,
  options: AuthorizerOptions,
  signal: AbortSignal | undefined,
): Promise<string> {
  const realm = URL.parse(challenge.parameters.realm ?? '');
  if (!realm || (realm.protocol !== 'https:' && !(realm.protocol === 'http:' && options.plainHttp))) {
    throw unreachable(`The registry ${options.registry} names no usable token server.`);
  }
  const credentials = await options.credentials();
  const service = challenge.parameters.service;
  const fields = {
    ...(service === undefined ? {} : { service }),
    scope: challenge.parameters.scope ?? options.scope,
  };
  const response = await outbound(...tokenRequest(realm, fields, credentials, { reach, signal }));
  const body = await readLimited(response.body, tokenLimit, 'The answer of the token server');
  if (response.status === 429 || response.status >= 500) throw busy(realm, response.status);
  if (response.status !== 200) {
    const who = credentials?.kind === 'password' ? ` as ${credentials.user}` : '';
    throw unreachable(
      `The registry ${options.registry} refused access${who}: its token server answered ${response.status}.`,
      `Check the name of the image, or log in: \`podman login ${options.registry}\`.`,
    );
  }
  const token = tokenIn(body.toString());
  if (token === undefined) throw unreachable(`The token server ${shown(realm)} answered without a token.`);
  return token;
}

const tokenLimit = 1024 * 1024;

function tokenRequest(
  realm: URL,
  fields: Readonly<Record<string, string>>,
  credentials: Credentials | undefined,
  base: { readonly reach: Reach; readonly signal: AbortSignal | undefined },
): Parameters<typeof outbound> {
  if (credentials?.kind === 'token') {
    const form = {
      ...fields,
      grant_type: 'refresh_token',
      client_id: 'gild',
      refresh_token: credentials.token,
    };
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return [
      realm,
      { ...base, method: 'POST', headers, body: new URLSearchParams(form).toString(), maxRedirects: 0 },
    ];
  }
  const url = new URL(realm);
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
  const authorization = basicHeader(credentials);
  return [url, { ...base, headers: authorization === undefined ? {} : { authorization } }];
}

/** Tokens go into a header: anything but visible characters is refused. */
function tokenIn(text: string): string | undefined {
  try {
    const { token, access_token: accessToken } = JSON.parse(text) as {
      token?: unknown;
      access_token?: unknown;
    };
    const found = token ?? accessToken;
    return typeof found === 'string' && /^[\x21-\x7e]+$/.test(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function unreachable(message: string, hint?: string): GildError {
  return new GildError({ code: 'BASE_UNREACHABLE', message, ...(hint === undefined ? {} : { hint }) });
}

function busy(realm: URL, status: number): GildError {
  return new GildError({ code: 'DOWNLOAD_FAILED', message: `${shown(realm)} answered ${status}.` });
}
