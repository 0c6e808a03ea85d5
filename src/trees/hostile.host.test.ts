import { mkdtempSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHost } from '../host/host.ts';
import { createBlobStore } from '../store/blobs.ts';
import { sha256 } from '../support/canonical.ts';
import { decompress, sniff } from './compression.ts';
import { hostileArchives } from './testing/hostile-archives.ts';
import { createTreeStore } from './tree-store.ts';
import type { TreeStore } from './types.ts';

const folder = mkdtempSync(join(tmpdir(), 'gild-hostile-'));
const victim = join(folder, 'victim');

describe('a hostile archive, imported for real', () => {
  let trees: TreeStore;
  let before: string;

  beforeAll(async () => {
    const home = join(folder, 'home');
    await mkdir(victim);
    await writeFile(join(victim, 'a'), 'untouched\n');
    await writeFile(join(victim, 'b'), 'untouched\n', { mode: 0o600 });
    await mkdir(home);
    before = await canary(folder);
    trees = createTreeStore({ home, blobs: createBlobStore(home), host: createHost({ home }) });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(hostileArchives(victim))('changes nothing outside: $name', async ({ bytes, asRootfs, asLayer }) => {
    const real = Buffer.from(bytes);
    await settled(asRootfs, () =>
      trees.importRootfs(Readable.from([real], { objectMode: false }), {
        epoch: 1_700_000_000,
        createdBy: 'test',
      }),
    );
    await settled(asLayer, async () => {
      const diffId = sha256(await plainOf(real));
      const source = Readable.from([real], { objectMode: false });
      const layer = await trees.importLayer(source, { blob: sha256(real), diffId, createdBy: 'test' });
      await trees.directories([layer]);
    });
    expect(await canary(folder)).toBe(before);
  });
});

/** What a plain decoder makes of it; for a damaged archive, anything will do. */
async function plainOf(bytes: Buffer): Promise<Buffer> {
  const { compression, whole } = await sniff(Readable.from([bytes], { objectMode: false }));
  const plain = compression === 'none' ? whole : decompress(whole, compression);
  return buffer(plain).catch(() => bytes);
}

async function settled(outcome: RegExp | 'harmless', act: () => Promise<unknown>): Promise<void> {
  if (outcome === 'harmless') await act();
  else
    await expect(act()).rejects.toMatchObject({
      code: 'ARCHIVE_REFUSED',
      message: expect.stringMatching(outcome),
    });
}

/**
 * Everything beside the store, with modes, times and content, and what hostile links aim at on the host; that may be
 * written anew meanwhile, by whoever adds a user.
 */
async function canary(folder: string): Promise<string> {
  const lines: string[] = [];
  const visit = async (path: string): Promise<void> => {
    const { mode, uid, size, mtimeMs, ctimeMs, nlink } = await lstat(path);
    lines.push([path, mode, uid, size, mtimeMs, ctimeMs, nlink].join(' '));
    if ((mode & 0o170000) === 0o040000) {
      for (const name of (await readdir(path)).sort()) await visit(join(path, name));
    } else if ((mode & 0o170000) === 0o120000) lines.push(await readlink(path));
    else lines.push(sha256(await readFile(path)));
  };
  await visit(join(folder, 'victim'));
  for (const path of ['/etc/passwd', '/etc/shadow']) {
    const { mode, uid, nlink } = await lstat(path);
    lines.push([path, mode, uid, nlink, (await readFile(path)).includes('hostile')].join(' '));
  }
  lines.push(...(await readdir(folder)).sort(), ...(await readdir('/')).sort());
  return lines.join('\n');
}
