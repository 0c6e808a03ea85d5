import type { IncomingMessage } from 'node:http';
import type { Machine } from '../platforms/types.ts';
import { dial } from './dial.ts';

export interface Answer {
  readonly status: number;
  /** Names in lower case; several values of one name are joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most the first MiB. */
  readonly body: string;
}

const bodyLimit = 1024 * 1024;

/** One request from inside the machine's network. Redirects are not followed; certificates are not judged. */
export function fetchInside(
  machine: Machine,
  url: URL,
  options: { readonly method: string; readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<Answer> {
  // Not imported: what reads a recipe loads all checks, and should not load what only a running test needs.
  const { request } = process.getBuiltinModule('node:http');
  const { connect } = process.getBuiltinModule('node:tls');
  const host = url.hostname === 'localhost' ? '127.0.0.1' : url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'https:';
  const line = dial(machine, { host, port: Number(url.port || (secure ? 443 : 80)) });
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
  return new Promise<Answer>((resolve, reject) => {
    const socket = secure
      ? connect({ socket: line.socket, servername: serverName(url), rejectUnauthorized: false })
      : line.socket;
    const outgoing = request({
      method: options.method,
      path: `${url.pathname}${url.search}`,
      headers: { host: url.host, 'user-agent': 'gild', accept: '*/*', connection: 'close' },
      createConnection: () => socket,
      signal,
    });
    outgoing.on('response', (response) => void readAnswer(response).then(resolve, reject));
    outgoing.on('error', (error) => {
      options.signal?.aborted
        ? reject(options.signal.reason)
        : reject(timeout.aborted ? new Error('no answer came') : error);
    });
    outgoing.end();
  }).finally(line.hangUp);
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > bodyLimit) break;
  }
  const headers = Object.entries(response.headers).map(
    ([name, value]) => [name, [value].flat().join(', ')] as const,
  );
  const body = Buffer.concat(chunks).subarray(0, bodyLimit).toString();
  return { status: response.statusCode ?? 0, headers: Object.fromEntries(headers), body };
}

/** An address is no name that a server could have a certificate for. */
function serverName(url: URL): string {
  return /^[\d.]+$|^\[/.test(url.hostname) ? '' : url.hostname;
}
