import { createServer } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { close, listen } from '../support/registry/testing/test-registry.ts';
import { createDownloads } from './download.ts';
import type { Validators } from './download-cache.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** What is seen of a file that a server answers with these headers, and what the server was asked by. */
async function see(headers: Record<string, string>, known: Validators, status = 200) {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers['if-none-match'], request.headers['if-modified-since']);
    response.writeHead(status, headers).end(status === 200 ? 'content' : undefined);
  });
  const port = await listen(server);
  stops.push(() => close(server));
  const downloads = createDownloads({ directory: '/nonexistent', allowPrivateHosts: ['localhost'] });
  const seen = await downloads.look(`http://localhost:${port}/file`, known, {});
  return { seen, asked };
}

it('asks by what is known, and believes a server that says it has not changed', async () => {
  expect(await see({}, { etag: '"a"', lastModified: 'Mon, 01 Jan 2024 00:00:00 GMT' }, 304)).toEqual({
    seen: 'same',
    asked: ['"a"', 'Mon, 01 Jan 2024 00:00:00 GMT'],
  });
});

it('says what a server has otherwise, and takes no file', async () => {
  const { seen } = await see({ etag: '"b"', 'content-length': '7' }, { etag: '"a"' });
  expect(seen).toEqual({ etag: '"b"', size: 7 });
});

it('takes no size from an answer that is packed', async () => {
  const { seen } = await see({ 'content-encoding': 'gzip', 'content-length': '7' }, {});
  expect(seen).toEqual({});
});

it('throws where the server has no such file', async () => {
  await expect(see({}, {}, 404)).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
});
