import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestS3Server {
  readonly endpoint: string;
  /** `bucket/key` -> content. */
  readonly objects: Map<string, Buffer>;
  /** `GET bucket/key 200`, in order. */
  readonly asked: string[];
  /** Variables with which a client reaches it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const accessKey = 'AKIATEST';
const secretKey = 'test-secret';
export const testAccount = '123456789012';

/** A server that speaks the part of S3 that Gild uses, and accepts requests that are signed with its one key. */
export async function startTestS3Server(): Promise<TestS3Server> {
  const objects = new Map<string, Buffer>();
  const uploads = new Map<string, Map<number, Buffer>>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const url = new URL(request.url ?? '/', 'http://s3');
      const path = decodeURIComponent(url.pathname.slice(1));
      const answer = refusal(request, body) ?? respond({ objects, uploads }, request, url, path, body);
      asked.push(`${request.method} ${path} ${answer.status}`);
      send(response, answer, request.method === 'HEAD');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    objects,
    asked,
    env: {
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_ACCESS_KEY_ID: accessKey,
      AWS_SECRET_ACCESS_KEY: secretKey,
      AWS_REGION: 'eu-test-1',
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer | string;
}

interface State {
  readonly objects: Map<string, Buffer>;
  readonly uploads: Map<string, Map<number, Buffer>>;
}

function respond(state: State, request: IncomingMessage, url: URL, path: string, body: Buffer): Answer {
  const { objects, uploads } = state;
  const query = url.searchParams;
  const upload = query.get('uploadId');
  if (request.method === 'GET' && query.get('list-type') === '2') return list(objects, path, query);
  if (request.method === 'POST' && query.has('uploads')) {
    const id = randomUUID();
    uploads.set(id, new Map());
    return xml(
      200,
      `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    );
  }
  if (upload !== null) return part({ objects, uploads }, request, query, upload, path, body);
  if (request.method === 'PUT') {
    objects.set(path, body);
    return { status: 200, headers: { etag: etagOf(body) } };
  }
  const content = objects.get(path);
  if (!content) return error(404, 'NoSuchKey', 'The specified key does not exist.');
  const etag = etagOf(content);
  if (request.headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
  return { status: 200, headers: { etag }, body: content };
}

function part(
  { objects, uploads }: State,
  request: IncomingMessage,
  query: URLSearchParams,
  id: string,
  path: string,
  body: Buffer,
): Answer {
  const parts = uploads.get(id);
  if (!parts) return error(404, 'NoSuchUpload', 'There is no such upload.');
  if (request.method === 'PUT') {
    parts.set(Number(query.get('partNumber')), body);
    return { status: 200, headers: { etag: etagOf(body) } };
  }
  uploads.delete(id);
  if (request.method === 'DELETE') return { status: 204 };
  const sorted = [...parts].sort(([a], [b]) => a - b).map(([, content]) => content);
  objects.set(path, Buffer.concat(sorted));
  return xml(200, '<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>');
}

function list(objects: Map<string, Buffer>, bucket: string, query: URLSearchParams): Answer {
  const start = `${bucket.replace(/\/$/, '')}/`;
  const most = Number(query.get('max-keys') ?? 1000);
  const keys = [...objects.keys()]
    .filter((name) => name.startsWith(start + (query.get('prefix') ?? '')))
    .sort()
    .slice(0, most);
  const contents = keys.map((name) => {
    const key = name.slice(start.length).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    return `<Contents><Key>${key}</Key><Size>${objects.get(name)?.length}</Size></Contents>`;
  });
  return xml(200, `<ListBucketResult>${contents.join('')}</ListBucketResult>`);
}

/** What S3 checks before all else: the signature, the hash of the body, the owner of the bucket. */
function refusal(request: IncomingMessage, body: Buffer): Answer | undefined {
  if (!isSigned(request)) return error(403, 'SignatureDoesNotMatch', 'The signature is wrong.');
  const hash = request.headers['x-amz-content-sha256'];
  if (/^[0-9a-f]{64}$/.test(String(hash)) && hash !== sha256(body)) {
    return error(400, 'XAmzContentSHA256Mismatch', 'The body has another hash.');
  }
  const owner = request.headers['x-amz-expected-bucket-owner'];
  if (owner !== undefined && owner !== testAccount) return error(403, 'AccessDenied', 'Access Denied');
  return undefined;
}

/** Signature version 4, as the documentation of AWS describes it. */
function isSigned(request: IncomingMessage): boolean {
  const { authorization = '' } = request.headers;
  const found = /Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(authorization);
  if (!found) return false;
  const [, key, scope = '', names = '', signature] = found;
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const canonical = [
    request.method,
    path,
    query
      .split('&')
      .filter(Boolean)
      .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
      .sort()
      .join('&'),
    ...names.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    names,
    request.headers['x-amz-content-sha256'],
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const signing = scope
    .split('/')
    .reduce<Buffer>((secret, step) => hmac(secret, step), Buffer.from(`AWS4${secretKey}`));
  return key === accessKey && hmac(signing, text).toString('hex') === signature;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

function etagOf(content: Buffer): string {
  return `"${createHash('md5').update(content).digest('hex')}"`;
}

function xml(status: number, body: string): Answer {
  const headers = { 'content-type': 'application/xml' };
  return { status, headers, body: `<?xml version="1.0" encoding="UTF-8"?>${body}` };
}

function error(status: number, code: string, message: string): Answer {
  return xml(status, `<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}

function send(response: ServerResponse, { status, headers, body = '' }: Answer, head: boolean): void {
  const bytes = Buffer.from(body);
  const length = status === 304 || status === 204 ? {} : { 'content-length': String(bytes.length) };
  response.writeHead(status, { ...headers, ...length });
  response.end(head || status === 304 ? undefined : bytes);
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
