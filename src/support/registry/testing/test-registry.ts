import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Digest } from '../../../model/digest.ts';
import { sha256 } from '../../canonical.ts';

/** A registry for tests, to pull from and to push to; it can be told to misbehave. */
export interface TestRegistry {
  /** `localhost:41234` */
  readonly host: string;
  /** What came in, in order. */
  readonly requests: {
    readonly method: string;
    readonly path: string;
    readonly authorization: string | undefined;
  }[];
  /** By digest and by tag: what is there now, to be looked at and to be damaged. */
  readonly content: Map<string, { readonly bytes: Buffer; readonly type: string }>;
  /** Publishes content under its digest. */
  addBlob(bytes: Buffer): Digest;
  /** Publishes a manifest under its digest, and under a tag. */
  addManifest(content: unknown, tag?: string): Digest;
  /** Answers the next requests whose path matches in place of the registry; true if it did. */
  misbehave(handler: Misbehaviour): void;
  close(): Promise<void>;
}

export type Misbehaviour = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface TestRegistryOptions {
  readonly auth?: 'bearer' | 'basic';
  /** `user:password` that is let in. */
  readonly login?: string;
}

export const imageManifestType = 'application/vnd.oci.image.manifest.v1+json';
export const imageIndexType = 'application/vnd.oci.image.index.v1+json';

export async function startRegistry(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const content: TestRegistry['content'] = new Map();
  const requests: TestRegistry['requests'] = [];
  const handlers: Misbehaviour[] = [];
  let host = '';
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push({ method: request.method ?? '', path, authorization: request.headers.authorization });
    if (handlers.some((handler) => handler(request, response))) return;
    if (path.startsWith('/token')) return giveToken(request, response, options);
    if (!isLetIn(request, options)) return challenge(response, host, options);
    if (path === '/v2/') return void response.end('{}');
    if (request.method === 'POST' || request.method === 'PUT')
      return void takeIn(request, response, content).catch(() => response.destroy());
    const found = content.get(/\/(?:manifests|blobs)\/([^/]+)$/.exec(path)?.[1] ?? '');
    if (!found) return void response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
    response
      .writeHead(200, { 'content-type': found.type, 'content-length': found.bytes.length })
      .end(found.bytes);
  });
  host = `localhost:${await listen(server)}`;
  return {
    host,
    requests,
    content,
    addBlob: (bytes) => {
      const digest = sha256(bytes);
      content.set(digest, { bytes, type: 'application/octet-stream' });
      return digest;
    },
    addManifest: (document, tag) => {
      const bytes = Buffer.from(JSON.stringify(document));
      const digest = sha256(bytes);
      const { mediaType } = document as { mediaType?: string };
      const entry = { bytes, type: mediaType ?? imageManifestType };
      content.set(digest, entry);
      if (tag !== undefined) content.set(tag, entry);
      return digest;
    },
    misbehave: (handler) => void handlers.push(handler),
    close: () => close(server),
  };
}

export interface TestImage {
  readonly architecture?: string;
  readonly created?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  /** Plain tars. */
  readonly layers: readonly Buffer[];
}

/** Publishes an image; `tag` may be left out for one that an index points to. */
export function addImage(
  registry: TestRegistry,
  image: TestImage,
  tag?: string,
): { readonly digest: Digest; readonly size: number } {
  const blobs = image.layers.map((layer) => gzipSync(layer));
  const config = Buffer.from(
    JSON.stringify({
      os: 'linux',
      architecture: image.architecture ?? 'amd64',
      created: image.created ?? '2024-05-01T12:00:00Z',
      config: image.config ?? {},
      rootfs: { type: 'layers', diff_ids: image.layers.map((layer) => sha256(layer)) },
    }),
  );
  const descriptor = (mediaType: string, bytes: Buffer) => ({
    mediaType,
    digest: registry.addBlob(bytes),
    size: bytes.length,
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: imageManifestType,
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: blobs.map((blob) => descriptor('application/vnd.oci.image.layer.v1.tar+gzip', blob)),
  };
  return { digest: registry.addManifest(manifest, tag), size: JSON.stringify(manifest).length };
}

export async function listen(server: Server): Promise<number> {
  server.listen(0, 'localhost');
  await new Promise<void>((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

export async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** Content that does not match its digest, and a manifest that names what is not there, are refused. */
async function takeIn(
  request: IncomingMessage,
  response: ServerResponse,
  content: TestRegistry['content'],
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const digest = sha256(bytes);
  if (request.method === 'POST') {
    const location = `${pathname}${randomUUID()}?state=a%2Fb`;
    return void response.writeHead(202, { location }).end();
  }
  const [, kind, reference = ''] = /\/(blobs|manifests)\/(?:uploads\/)?([^/]+)$/.exec(pathname) ?? [];
  const type = request.headers['content-type'] ?? '';
  if (kind === 'blobs') {
    if (searchParams.get('digest') !== digest) return void response.writeHead(400).end('DIGEST_INVALID');
    content.set(digest, { bytes, type });
  } else {
    const { config, layers } = JSON.parse(bytes.toString()) as {
      config: { digest: string };
      layers: { digest: string }[];
    };
    if (![config, ...layers].every((blob) => content.has(blob.digest)))
      return void response.writeHead(400).end('MANIFEST_BLOB_UNKNOWN');
    content.set(digest, { bytes, type }).set(reference, { bytes, type });
  }
  response.writeHead(201, { 'docker-content-digest': digest }).end();
}

const token = 'letmein';

function isLetIn({ headers }: IncomingMessage, { auth, login }: TestRegistryOptions): boolean {
  if (auth === undefined) return true;
  if (auth === 'bearer') return headers.authorization === `Bearer ${token}`;
  return headers.authorization === `Basic ${Buffer.from(login ?? '').toString('base64')}`;
}

function challenge(response: ServerResponse, host: string, { auth }: TestRegistryOptions): void {
  const bearer = `Bearer realm="http://${host}/token",service="test, \\"quoted\\"",scope="repository:some/image:pull"`;
  response.writeHead(401, { 'www-authenticate': auth === 'basic' ? 'Basic realm="test"' : bearer }).end('{}');
}

function giveToken(
  { headers }: IncomingMessage,
  response: ServerResponse,
  { login }: TestRegistryOptions,
): void {
  const expected = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
  if (headers.authorization !== expected) return void response.writeHead(401).end('{}');
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token }));
}
