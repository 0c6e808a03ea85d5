import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBlobStore } from '../store/blobs.ts';
import { sha256 } from '../support/canonical.ts';
import { copyBlob } from './place-blob.ts';

const mebibyte = 1024 * 1024;

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-place-'));
});
afterAll(() => rm(home, { recursive: true }));

describe('a copy of a blob', () => {
  it('has the holes that the blob has', async () => {
    const sparse = join(home, 'sparse');
    const file = await open(sparse, 'wx');
    await file.write(Buffer.from('begin'), 0, 5, 3 * mebibyte + 5);
    await file.write(Buffer.from('end'), 0, 3, 40 * mebibyte - 3);
    await file.close();
    const content = await readFile(sparse);
    const digest = sha256(content);
    const blobs = createBlobStore(home);
    await blobs.adopt(sparse, digest);
    const copy = join(home, 'copy');
    await copyBlob(blobs, digest, copy);
    expect(content.equals(await readFile(copy))).toBe(true);
    expect((await stat(copy)).blocks * 512).toBeLessThan(mebibyte);
  });

  it('needs the blob, and a place where nothing is', async () => {
    const blobs = createBlobStore(home);
    await expect(copyBlob(blobs, sha256('no'), join(home, 'x'))).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
    });
    const { digest } = await blobs.write('content');
    await copyBlob(blobs, digest, join(home, 'there'));
    await expect(copyBlob(blobs, digest, join(home, 'there'))).rejects.toMatchObject({ code: 'EEXIST' });
  });
});
