import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBlobStore } from './blobs.ts';
import type { BlobStore } from './types.ts';

let home: string;
let blobs: BlobStore;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-seals-'));
  blobs = createBlobStore(home);
});
afterEach(() => rm(home, { recursive: true }));

describe('verifying a blob', () => {
  it('finds one whole that nobody touched, or that was touched without a change', async () => {
    const { digest } = await blobs.write('content');
    expect(await blobs.verify(digest)).toBe('whole');
    await utimes(blobs.path(digest), 1, 1);
    expect(await blobs.verify(digest)).toBe('whole');
    expect(await readFile(blobs.path(digest), 'utf8')).toBe('content');
  });

  it.each([
    ['a flipped bit', (path: string) => writeFile(path, 'contemt')],
    ['a cut end', (path: string) => truncate(path, 3)],
    ['an empty file', (path: string) => truncate(path, 0)],
    ['a longer end', (path: string) => writeFile(path, 'content and more')],
  ])('puts one with %s aside, whatever its times say', async (_what, damage) => {
    const { digest } = await blobs.write('content');
    await utimes(blobs.path(digest), 1, 1);
    await blobs.verify(digest);
    await damage(blobs.path(digest));
    await utimes(blobs.path(digest), 1, 1);
    expect(await blobs.verify(digest)).toBe('damaged');
    expect(await blobs.verify(digest)).toBe('missing');
    expect(await blobs.has(digest)).toBe(false);
    expect(await readdir(join(home, 'blobs/damaged'))).toEqual([digest.slice('sha256:'.length)]);
  });

  it('does without seals that are lost or nonsense', async () => {
    const { digest } = await blobs.write('content');
    await writeFile(join(home, 'blobs/seals', digest.slice('sha256:'.length)), 'nonsense');
    expect(await blobs.verify(digest)).toBe('whole');
    await rm(join(home, 'blobs/seals'), { recursive: true });
    expect(await blobs.verify(digest)).toBe('whole');
  });

  it('has a place again for a blob that was put aside', async () => {
    const { digest } = await blobs.write('content');
    await writeFile(blobs.path(digest), 'other');
    await blobs.verify(digest);
    await blobs.write('content');
    expect(await blobs.verify(digest)).toBe('whole');
  });
});

describe('reading a blob', () => {
  it('ends in an error where the disk changed a byte behind the back of the kernel, and puts it aside', async () => {
    const { digest } = await blobs.write('content');
    await writeFile(blobs.path(digest), 'contemt');
    await expect(text(blobs.open(digest))).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    expect(await blobs.has(digest)).toBe(false);
  });
});
