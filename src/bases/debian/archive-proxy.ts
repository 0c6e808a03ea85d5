import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PackageCache } from './package-cache.ts';
import type { PinnedList } from './resolve.ts';

/** Not imported: the import of `node:http` as a module loads all of `fetch`, which costs every start 80 ms. */
const { createServer } = process.getBuiltinModule('node:http');

export interface ArchiveProxyOptions {
  readonly cache: PackageCache;
  /** With the bytes that were pinned: apt never sees any other list. */
  readonly lists: readonly (PinnedList & { readonly bytes: Buffer })[];
}

/** What apt uses as its proxy: it answers for the mirrors of `lists`, and for nothing else. */
export interface ArchiveProxy {
  /** `http://127.0.0.1:40123` */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Stands between apt and the mirrors: hands out the pinned lists, so that what is installed is what was resolved
 * even if the archive moves meanwhile, and keeps packages, so that none is fetched twice. apt checks all of it
 * against the signed lists.
 */
export async function startArchiveProxy(options: ArchiveProxyOptions): Promise<ArchiveProxy> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end(String(error));
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** apt speaks plain http to us also where the mirror is spoken to in https. */
export function asPlain(mirror: string): string {
  return mirror.replace(/^https:/, 'http:');
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { cache, lists }: ArchiveProxyOptions,
): Promise<void> {
  const url = request.url ?? '';
  const list = lists.find(({ mirror }) => url.startsWith(`${asPlain(mirror)}/`));
  if (request.method !== 'GET' || !list) return void response.writeHead(403).end();
  const path = url.slice(asPlain(list.mirror).length + 1);
  const pinned = lists.find(
    ({ mirror, suite }) => mirror === list.mirror && path === `dists/${suite}/InRelease`,
  );
  const found = pinned?.bytes ?? (isContent(path) ? await cache.read(list.mirror, path) : undefined);
  if (!found) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-length': found.length }).end(found);
}

/** Indexes by their digest, and packages; a list that is not pinned is not there. */
function isContent(path: string): boolean {
  return /^(?:dists\/.+\/by-hash\/|dists\/.+\/(?:Packages|Translation|Sources|Components|Contents)|pool\/)/.test(
    path,
  );
}
