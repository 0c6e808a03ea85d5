import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../support/canonical.ts';
import { createBlobStore } from './blobs.ts';

describe('the blob store', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'gild-blobs-'));
  });
  afterEach(() => rm(home, { recursive: true }));

  it('keeps what it is given under its digest', async () => {
    const blobs = createBlobStore(home);
    const { digest, size } = await blobs.write('hello');
    expect(digest).toBe(sha256('hello'));
    expect(size).toBe(5);
    expect(await blobs.has(digest)).toBe(true);
    expect(await blobs.size(digest)).toBe(5);
    expect((await blobs.read(digest)).toString()).toBe('hello');
    expect((await buffer(blobs.open(digest))).toString()).toBe('hello');
    expect(await blobs.list()).toEqual([digest]);
    await blobs.remove(digest);
    expect(await blobs.has(digest)).toBe(false);
    expect(await blobs.list()).toEqual([]);
  });

  it('is empty before the first write', async () => {
    const blobs = createBlobStore(home);
    expect(await blobs.list()).toEqual([]);
    await expect(blobs.read(sha256('x'))).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    await expect(blobs.size(sha256('x'))).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });

  it('refuses content of another digest and leaves nothing behind', async () => {
    const blobs = createBlobStore(home);
    await expect(blobs.write('other', sha256('hello'))).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    expect(await blobs.list()).toEqual([]);
    expect(await readdir(join(home, 'blobs', 'incoming'))).toEqual([]);
  });

  it('leaves nothing behind when its source fails half-way', async () => {
    const blobs = createBlobStore(home);
    const failing = Readable.from(
      (async function* () {
        yield Buffer.alloc(100_000);
        throw new Error('the line is dead');
      })(),
    );
    await expect(blobs.write(failing)).rejects.toThrow('the line is dead');
    expect(await readdir(join(home, 'blobs', 'incoming'))).toEqual([]);
  });

  it('notices damage before the content is used', async () => {
    const blobs = createBlobStore(home);
    const { digest } = await blobs.write('hello');
    await writeFile(blobs.path(digest), 'hellp');
    await expect(blobs.read(digest)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });

  it('lets twenty writers of the same content finish', async () => {
    const stores = [createBlobStore(home), createBlobStore(home)];
    const content = Buffer.alloc(300_000, 'gild');
    const writes = Array.from({ length: 20 }, (_, i) => stores[i % 2]?.write(Readable.from([content])));
    const digests = new Set((await Promise.all(writes)).map((written) => written?.digest));
    expect([...digests]).toEqual([sha256(content)]);
    expect(await stores[0]?.list()).toHaveLength(1);
  });

  it('sweeps away what a killed process was writing', async () => {
    const first = createBlobStore(home);
    await first.write('a');
    const incoming = join(home, 'blobs', 'incoming');
    await writeFile(join(incoming, '999999999.x'), 'torn');
    await writeFile(join(incoming, `${process.pid}.x`), 'in progress');
    await createBlobStore(home).write('b');
    expect(await readdir(incoming)).toEqual([`${process.pid}.x`]);
  });

  it('never takes a digest for a path', () => {
    const blobs = createBlobStore(home);
    expect(() => blobs.path('sha256:../../etc/passwd')).toThrow('no SHA-256 digest');
  });
});
