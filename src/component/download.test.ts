import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GildError } from '../support/errors.ts';
import { createDownloads, type DownloadOptions } from './download.ts';
import { createDownloadCache } from './download-cache.ts';
import type { DownloadRequest } from './types.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const body = Buffer.from('content\n'.repeat(5000));
const md5 = createHash('md5').update(body).digest('hex');
let server: Server;
let port = 0;
let answers: Answer[] = [];
let asked: string[] = [];
let directory = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    (answers.shift() ?? good)(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => void server.close());
beforeEach(async () => {
  answers = [];
  asked = [];
  directory = await mkdtemp(join(tmpdir(), 'download-'));
});
afterEach(() => rm(directory, { recursive: true }));

const good: Answer = (_request, response) => void response.end(body);
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(code, headers).end('no');

async function get(
  request: Partial<DownloadRequest> = {},
  options: Partial<DownloadOptions> = {},
): Promise<string> {
  const downloads = createDownloads({
    directory,
    allowPrivateHosts: ['127.0.0.1'],
    firstDelayMs: 1,
    ...options,
  });
  try {
    const file = await downloads.fetch({ url: `http://127.0.0.1:${port}/file`, ...request });
    const same = body.equals(await readFile(file.path));
    await file.release();
    return `${same ? 'same' : 'other'} ${file.size}`;
  } catch (error) {
    const { code, message } = error as GildError;
    return `${code} ${message}`.replaceAll(String(port), 'PORT');
  } finally {
    expect(await readdir(directory)).toEqual([]);
  }
}

it('fetches a file and checks it', async () => {
  expect(await get({ checksum: { algorithm: 'MD5', value: md5.toUpperCase() } })).toBe('same 40000');
});

it('refuses another checksum at once', async () => {
  expect(await get({ checksum: { algorithm: 'MD5', value: '0'.repeat(32) } })).toBe(
    `DOWNLOAD_REFUSED http://127.0.0.1:PORT/file has the MD5 checksum ${md5}, not ${'0'.repeat(32)}.`,
  );
  expect(asked).toHaveLength(1);
});

it('tries up to five times where it may help, and says so', async () => {
  const notes: string[] = [];
  answers = [status(500), status(429), (_request, response) => void response.destroy(), cutOff];
  expect(await get({ note: (line) => notes.push(line) })).toBe('same 40000');
  expect(notes.map((note) => note.replaceAll(String(port), 'PORT'))).toEqual([
    'Attempt 1 of 5: http://127.0.0.1:PORT/file: the server answered 500.',
    'Attempt 2 of 5: http://127.0.0.1:PORT/file: the server answered 429.',
    'Attempt 3 of 5: http://127.0.0.1:PORT/file: the connection was reset.',
    'Attempt 4 of 5: http://127.0.0.1:PORT/file: the answer broke off.',
  ]);
  answers = Array.from({ length: 9 }, () => status(503));
  asked = [];
  expect(await get()).toBe('DOWNLOAD_FAILED http://127.0.0.1:PORT/file: the server answered 503.');
  expect(asked).toHaveLength(5);
});

const cutOff: Answer = (_request, response) => {
  response.writeHead(200, { 'content-length': String(body.length) });
  response.write(body.subarray(0, 1000), () => response.destroy());
};

it('asks once where the answer will not change', async () => {
  answers = [status(404)];
  expect(await get()).toBe('DOWNLOAD_FAILED http://127.0.0.1:PORT/file: the server answered 404.');
  expect(asked).toHaveLength(1);
});

it('follows redirects, up to five', async () => {
  answers = Array.from({ length: 5 }, (_, index) => status(302, { location: `/hop${index}` }));
  expect(await get()).toBe('same 40000');
  answers = Array.from({ length: 9 }, () => status(302, { location: '/again' }));
  expect(await get()).toContain('DOWNLOAD_REFUSED');
});

it('follows no redirect to an address that is not allowed', async () => {
  for (const location of [
    `http://localhost:${port}/x`,
    'http://[::1]/x',
    'http://169.254.169.254/x',
    'file:///etc/passwd',
  ]) {
    answers = [status(302, { location })];
    expect(await get()).toContain('DOWNLOAD_REFUSED');
  }
});

it('refuses private addresses in every notation', async () => {
  const hosts = [
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '2130706433',
    '[::1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    'localhost',
    '10.0.0.1',
    '192.168.1.1',
    '0.0.0.0',
  ];
  for (const host of hosts) {
    expect(await get({ url: `http://${host}:${port}/` }, { allowPrivateHosts: [] })).toContain(
      'DOWNLOAD_REFUSED',
    );
  }
  expect(asked).toEqual([]);
});

it('never reaches a metadata service, allowed or not', async () => {
  const url = 'http://169.254.169.254/latest/meta-data/';
  expect(await get({ url }, { allowPrivateHosts: ['169.254.169.254'] })).toContain('DOWNLOAD_REFUSED');
});

it('stops at the limit of size', async () => {
  expect(await get({}, { maxBytes: 39_999 })).toBe(
    'DOWNLOAD_REFUSED http://127.0.0.1:PORT/file is larger than 39999 bytes.',
  );
  expect(await get({}, { maxBytes: 40_000 })).toBe('same 40000');
});

it('gives up on a server that falls silent', async () => {
  const silent: Answer = (_request, response) => void response.writeHead(200).write('x');
  answers = [silent, silent];
  expect(await get({}, { idleMs: 50, maxAttempts: 2 })).toContain('DOWNLOAD_FAILED');
});

it('stops when it is cancelled', async () => {
  const stop = new AbortController();
  answers = [
    (_request, response) => {
      response.writeHead(200).write('x');
      stop.abort(new Error('enough'));
    },
  ];
  expect(await get({ signal: stop.signal })).toContain('enough');
});

it('shows neither user nor password nor query', async () => {
  answers = [status(404)];
  const said = await get({ url: `http://user:hunter2@127.0.0.1:${port}/file?token=hunter3` });
  expect(said).not.toMatch(/hunter/);
});

const tagged: Answer = (request, response) => {
  const known = request.headers['if-none-match'] === '"one"';
  response.writeHead(known ? 304 : 200, { etag: '"one"' }).end(known ? undefined : body);
};

describe('with a cache', () => {
  let cache = '';
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'download-cache-'));
  });
  afterEach(() => rm(cache, { recursive: true }));

  it('asks whether what it has is still right, and takes it', async () => {
    answers = [tagged, tagged];
    const notes: string[] = [];
    expect(await get({}, { cache })).toBe('same 40000');
    expect(await get({ note: (line) => notes.push(line) }, { cache })).toBe('same 40000');
    expect(notes[0]).toContain('has not changed since it was last fetched');
    expect(asked).toHaveLength(2);
  });

  it('asks nobody for what has the SHA256 asked for', async () => {
    const checksum = { algorithm: 'SHA256', value: createHash('sha256').update(body).digest('hex') } as const;
    expect(await get({ checksum }, { cache })).toBe('same 40000');
    expect(await get({ checksum, url: `http://127.0.0.1:${port}/other` }, { cache })).toBe('same 40000');
    expect(asked).toEqual(['/file']);
  });

  it('fetches again what is damaged, and what has no validator', async () => {
    answers = [tagged, tagged, tagged, good, good];
    await get({}, { cache });
    const [name = ''] = await readdir(join(cache, 'content'));
    await writeFile(join(cache, 'content', name), 'damaged');
    expect(await get({}, { cache })).toBe('same 40000');
    expect(asked).toHaveLength(3);
    const url = `http://127.0.0.1:${port}/plain`;
    await get({ url }, { cache });
    await get({ url }, { cache });
    expect(asked).toHaveLength(5);
  });

  it('checks the checksum of what it has, too', async () => {
    answers = [tagged, tagged];
    await get({}, { cache });
    const checksum = { algorithm: 'MD5', value: '0'.repeat(32) } as const;
    expect(await get({ checksum }, { cache })).toContain('DOWNLOAD_REFUSED');
  });

  it('remembers no answer of a server that was not to be trusted, nor one that must not be stored', async () => {
    answers = [tagged, tagged];
    await get({ ignoreCertificateErrors: true }, { cache });
    expect(await readdir(join(cache, 'addresses'))).toEqual([]);
    answers = [
      (_request, response) => void response.writeHead(200, { 'cache-control': 'no-store' }).end(body),
    ];
    const url = `http://127.0.0.1:${port}/secret`;
    await rm(cache, { recursive: true });
    await get({ url }, { cache });
    await mkdir(cache, { recursive: true });
    expect(await readdir(cache)).toEqual([]);
  });

  it('keeps no more than its limit, and drops what was used least recently', async () => {
    const store = createDownloadCache({ folder: cache, maxBytes: 25 });
    const kept = async (content: string) => {
      const path = join(cache, 'new');
      await writeFile(path, content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      await store.keep(path, sha256);
      await rm(path);
      return sha256;
    };
    const [first, second] = [await kept('1'.repeat(10)), await kept('2'.repeat(10))];
    await utimes(join(cache, 'content', first), 2, 2);
    await utimes(join(cache, 'content', second), 1, 1);
    await kept('3'.repeat(10));
    const taken = async (sha256: string) => {
      const found = await store.take(sha256, join(cache, 'out'));
      await rm(join(cache, 'out'), { force: true });
      return found;
    };
    expect([await taken(first), await taken(second)]).toEqual([true, false]);
  });
});
