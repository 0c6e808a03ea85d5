import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../model/digest.ts';
import { createBlobStore } from '../store/blobs.ts';
import type { BlobStore } from '../store/types.ts';
import { output } from '../support/process.ts';
import { createImageStore, type Records } from './store.ts';
import { sampleImage, sampleLayer } from './testing/sample-image.ts';
import type { LayerShelf } from './types.ts';

let home: string;
let blobs: BlobStore;
let store: Records;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-garbage-'));
  blobs = createBlobStore(home);
  store = createImageStore({ home, blobs });
});

afterEach(async () => {
  await store.close();
  await rm(home, { recursive: true, force: true });
});

describe('garbage collection', () => {
  it('removes what no image needs and nothing else', async () => {
    const [shared, own, twin, leftover, cached] = await writeBlobs(
      'shared',
      'own',
      'twin',
      'leftover',
      'cached',
    );
    const kept = await store.publish(sampleImage({ layers: [sampleLayer(shared)] }));
    const removed = await store.publish(sampleImage({ layers: [sampleLayer(shared), sampleLayer(own)] }));
    await store.remove(removed);
    const shelf = createShelf([
      [shared, [shared, twin]],
      [own, [own]],
      [leftover, [leftover]],
    ]);
    const collected = await store.collectGarbage({ layers: shelf, keep: async () => ({ blobs: [cached] }) });
    expect(collected).toEqual({ busy: false, blobs: 2, layers: 2, bytes: 'own'.length + 'leftover'.length });
    expect(await blobs.list()).toEqual([shared, twin, cached].sort());
    expect(shelf.removed).toEqual([own, leftover]);
    expect(await store.list()).toEqual([kept]);
  });

  it('takes nothing from images that other processes publish meanwhile', async () => {
    const script = join(import.meta.dirname, 'testing/publish-many.ts');
    let collections = 0;
    while (collections === 0) {
      let running = true;
      const publishers = [1, 2].map(() => output([process.execPath, script, home, '40']));
      const ended = Promise.all(publishers).finally(() => {
        running = false;
      });
      while (running) {
        const [oldest] = (await store.list()).toReversed();
        if (oldest) await store.remove(oldest);
        const { busy } = await store.collectGarbage({ layers: createShelf([]) });
        if (!busy) collections++;
        await setImmediate();
      }
      await ended;
    }
    const left = await store.list();
    const needed = left.flatMap((image) => image.layers.map((layer) => layer.blob));
    expect(await Promise.all(needed.map((digest) => blobs.has(digest)))).toEqual(needed.map(() => true));
    await store.collectGarbage({ layers: createShelf([]) });
    expect(await blobs.list()).toEqual(needed.sort());
  });

  it('leaves everything alone while a build uses the store', async () => {
    const [leftover] = await writeBlobs('leftover');
    const release = await store.useContent();
    expect(await store.collectGarbage({ layers: createShelf([]) })).toMatchObject({ busy: true, blobs: 0 });
    expect(await blobs.list()).toEqual([leftover]);
    release();
    expect(await store.collectGarbage({ layers: createShelf([]) })).toMatchObject({ busy: false, blobs: 1 });
  });
});

async function writeBlobs<Names extends readonly string[]>(
  ...names: Names
): Promise<{ [K in keyof Names]: Digest }> {
  const written = await Promise.all(names.map((name) => blobs.write(name)));
  return written.map(({ digest }) => digest) as { [K in keyof Names]: Digest };
}

function createShelf(layers: [Digest, Digest[]][]): LayerShelf & { removed: Digest[] } {
  const removed: Digest[] = [];
  return {
    removed,
    list: async () => layers.map(([diffId, needed]) => ({ diffId, blobs: needed })),
    remove: async (diffId) => void removed.push(diffId),
  };
}
