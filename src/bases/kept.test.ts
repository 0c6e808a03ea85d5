import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Layer } from '../model/tree.ts';
import { sha256 } from '../support/canonical.ts';
import { keptLayer } from './kept.ts';
import { makeTestHome, type TestHome } from './testing/test-home.ts';

let home: TestHome;
const base = sha256('base');

beforeEach(async () => {
  home = await makeTestHome();
});

afterEach(() => home.remove());

/** Brings an empty tar in; real content is not the point here. */
async function makeLayer(): Promise<Layer> {
  const tar = Buffer.alloc(1024);
  return home.context.trees.importLayer(Readable.from([tar]), {
    blob: sha256(tar),
    diffId: sha256(tar),
    createdBy: 'test',
  });
}

describe('keptLayer', () => {
  it('makes a layer once, also for several that want it at the same time', async () => {
    const layers = await Promise.all(
      Array.from({ length: 4 }, () => keptLayer(base, home.context, makeLayer)),
    );
    expect(new Set(layers.map(({ diffId }) => diffId)).size).toBe(1);
    expect(home.imports()).toBe(1);
    await keptLayer(base, home.context, makeLayer);
    expect(home.imports()).toBe(1);
  });

  it('lets the next one try when making it failed', async () => {
    const started = Promise.withResolvers<void>();
    const failing = keptLayer(base, home.context, async () => {
      started.resolve();
      throw new Error('no luck');
    });
    failing.catch(() => undefined);
    await started.promise;
    const waiting = keptLayer(base, home.context, makeLayer);
    await expect(failing).rejects.toThrow('no luck');
    expect((await waiting).createdBy).toBe('test');
  });

  it('makes it again when the note is damaged or the layer is gone', async () => {
    await keptLayer(base, home.context, makeLayer);
    const note = join(home.context.host.home, 'bases', `${base.slice(7)}.json`);
    for (const text of ['', '{', JSON.stringify({ diffId: sha256('collected') })]) {
      await writeFile(note, text);
      let made = 0;
      await keptLayer(base, home.context, async () => {
        made++;
        return makeLayer();
      });
      expect(made).toBe(1);
    }
  });

  it('stops waiting when it is cancelled', async () => {
    const stop = new AbortController();
    const finish = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const first = keptLayer(base, home.context, async () => {
      started.resolve();
      await finish.promise;
      return makeLayer();
    });
    await started.promise;
    const second = keptLayer(base, { ...home.context, signal: stop.signal }, makeLayer);
    stop.abort();
    await expect(second).rejects.toMatchObject({ name: 'AbortError' });
    finish.resolve();
    await first;
  });
});
