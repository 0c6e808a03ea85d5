import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { close, listen } from '../../src/support/registry/testing/test-registry.ts';

/** Files under paths, each with an ETag. */
export interface FileServer {
  readonly url: string;
  /** What was asked for since the last time this was read: `304 /dists/stable/InRelease`. */
  asked(): string[];
  /** Serves something under a path, from now on. */
  put(path: string, content: string | Buffer): void;
  remove(path: string): void;
  close(): Promise<void>;
}

export async function startFileServer(): Promise<FileServer> {
  const files = new Map<string, Buffer>();
  let asked: string[] = [];
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    const etag = file && `"${createHash('sha256').update(file).digest('hex').slice(0, 16)}"`;
    const status = !file ? 404 : request.headers['if-none-match'] === etag ? 304 : 200;
    asked.push(`${status} ${request.url}`);
    const headers = { ...(etag && { etag }), ...(status === 200 && { 'content-length': file?.length }) };
    response.writeHead(status, headers).end(status === 200 ? file : undefined);
  });
  return {
    url: `http://localhost:${await listen(server)}`,
    asked: () => {
      const list = asked;
      asked = [];
      return list;
    },
    put: (path, content) => void files.set(path, Buffer.from(content)),
    remove: (path) => void files.delete(path),
    close: () => close(server),
  };
}
