import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createDownloads } from './download.ts';
import { startTestS3Server, type TestS3Server, testAccount } from './test-s3-server.ts';
import type { Downloads } from './types.ts';

let server: TestS3Server;
let directory = '';
beforeAll(async () => {
  server = await startTestS3Server();
  directory = await mkdtemp(join(tmpdir(), 'object-storage-'));
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});
beforeEach(() => {
  server.objects.clear();
  server.asked.length = 0;
});

function storage(env: Record<string, string> = {}): Downloads['s3'] {
  return createDownloads({ directory, cache: join(directory, 'cache'), env: { ...server.env, ...env } }).s3;
}

const object = { bucket: 'tools', key: 'a folder/ü+&.txt' };

async function content(from: Downloads['s3'], owner?: string): Promise<string> {
  const file = await from.fetch({ ...object, owner }, {});
  const text = await readFile(file.path, 'utf8');
  expect(file.sha256).toBe(createHash('sha256').update(text).digest('hex'));
  await file.release();
  return text;
}

it('fetches an object, and again only if it has changed', async () => {
  const s3 = storage();
  server.objects.set('tools/a folder/ü+&.txt', Buffer.from('one'));
  expect([await content(s3), await content(s3)]).toEqual(['one', 'one']);
  server.objects.set('tools/a folder/ü+&.txt', Buffer.from('two'));
  expect(await content(s3)).toBe('two');
  expect(server.asked.map((line) => line.split(' ').at(-1))).toEqual(['200', '304', '200']);
});

it('uploads what it gets piece by piece, also more than one part', async () => {
  const s3 = storage();
  const bytes = Buffer.alloc(9 * 1024 ** 2, 'gild');
  await s3.upload(object, { stream: Readable.from([bytes]), size: bytes.length }, {});
  expect(server.objects.get('tools/a folder/ü+&.txt')?.equals(bytes)).toBe(true);
  await s3.upload({ ...object, key: 'empty' }, { stream: Readable.from([]), size: 0 }, {});
  expect(server.objects.get('tools/empty')?.length).toBe(0);
});

it('lists the keys below a prefix', async () => {
  for (const key of ['p/1', 'p/2 & 3', 'q']) server.objects.set(`tools/${key}`, Buffer.from(key));
  expect(await storage().list({ bucket: 'tools', key: 'p/' }, 1000, {})).toEqual([
    { key: 'p/1', size: 3 },
    { key: 'p/2 & 3', size: 7 },
  ]);
  expect(await storage().list({ bucket: 'tools', key: '' }, 2, {})).toHaveLength(2);
});

it('asks for the owner of the bucket', async () => {
  server.objects.set('tools/a folder/ü+&.txt', Buffer.from('mine'));
  expect(await content(storage(), testAccount)).toBe('mine');
  await expect(content(storage(), '000000000000')).rejects.toMatchObject({
    code: 'S3_FAILED',
    message: 's3://tools/a folder/ü+&.txt: 403 AccessDenied: Access Denied',
    hint: expect.stringContaining('another account than 000000000000'),
  });
});

it('says what the storage said, and what is missing to reach it', async () => {
  await expect(content(storage())).rejects.toMatchObject({
    code: 'S3_FAILED',
    message: 's3://tools/a folder/ü+&.txt: 404 NoSuchKey: The specified key does not exist.',
  });
  await expect(content(storage({ AWS_SECRET_ACCESS_KEY: 'wrong' }))).rejects.toMatchObject({
    message: expect.stringContaining('403 SignatureDoesNotMatch'),
  });
  await expect(content(storage({ AWS_ENDPOINT_URL_S3: 'nowhere' }))).rejects.toMatchObject({
    message: 'The endpoint `nowhere` is not an http or https URL.',
  });
});

it('sends no signature where it is asked for none', async () => {
  await expect(content(storage({ GILD_S3_ANONYMOUS: 'true' }))).rejects.toMatchObject({
    message: expect.stringContaining('SignatureDoesNotMatch'),
  });
});

it('never reaches a metadata service', async () => {
  await expect(content(storage({ AWS_ENDPOINT_URL_S3: 'http://169.254.169.254' }))).rejects.toMatchObject({
    code: 'S3_FAILED',
    message: expect.stringContaining('cloud metadata'),
  });
  expect(server.asked).toEqual([]);
});

it('stops when it is cancelled', async () => {
  const stop = new AbortController();
  const stream = Readable.from(
    (async function* () {
      yield Buffer.alloc(6 * 1024 ** 2);
      stop.abort(new Error('enough'));
      yield Buffer.alloc(6 * 1024 ** 2);
    })(),
  );
  const upload = storage().upload(object, { stream, size: 12 * 1024 ** 2 }, { signal: stop.signal });
  await expect(upload).rejects.toThrow('enough');
  expect(server.objects.size).toBe(0);
});

it('says what an object is called and how long it is, without fetching it', async () => {
  server.objects.set('tools/a folder/ü+&.txt', Buffer.from('one'));
  expect(await storage().look(object, {})).toEqual({ etag: expect.stringMatching(/^"/), size: 3 });
  expect(server.asked).toEqual(['HEAD tools/a folder/ü+&.txt 200']);
});
