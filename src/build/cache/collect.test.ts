import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkRecords } from '../../cache/records.ts';
import { sampleImage, sampleLayer } from '../../images/testing/sample-image.ts';
import type { Digest } from '../../model/digest.ts';
import { sha256 } from '../../support/canonical.ts';
import { writeAtomically } from '../../support/files.ts';
import { output } from '../../support/process.ts';
import { takeInventory } from '../inventory.ts';
import { openWorkshop, type Workshop } from '../workshop.ts';
import {
  chooseAll,
  chooseExcess,
  chooseNone,
  chooseUnusedSince,
  collectCache,
  foreseeCollection,
  spaceSettings,
} from './collect.ts';
import { recordBytes } from './kept-files.ts';
import { verifyStore } from './verify-store.ts';

let home: string;
let workshop: Workshop;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-collect-'));
  process.env.GILD_HOME = home;
  workshop = openWorkshop();
});
afterEach(async () => {
  await workshop.close();
  delete process.env.GILD_HOME;
  await rm(home, { recursive: true, force: true });
});

/** While other processes use the store. */
const collections = Number(process.env.GILD_TEST_COLLECTIONS ?? 50);

const noLimit = { reserved: '0B', max: '100%', keepFree: '0%' };
const atMost = (max: string) => chooseExcess(home, spaceSettings({}, { ...noLimit, max }));
const names = (dropped: readonly { readonly name: string }[]) => dropped.map(({ name }) => name);

describe('a collection', () => {
  it('drops what is worth least until the store is small enough, and nothing that an image needs', async () => {
    const released = await keep('released', { usedAt: 1 });
    await workshop.records.publish(sampleImage({ layers: [sampleLayer(released)] }));
    await keep('old', { usedAt: 2 });
    await keep('slow', { usedAt: 3, seconds: 900 });
    const recent = await keep('recent', { usedAt: 4 });
    const foreseen = await foreseeCollection(workshop, atMost('3kB'));
    expect(names(foreseen.dropped)).toEqual(['web old']);
    expect(await collectCache(workshop, atMost('3kB'))).toMatchObject({
      busy: false,
      bytes: foreseen.bytes,
      dropped: [{ name: 'web old' }],
    });
    expect(await workshop.blobs.list()).toHaveLength(3);
    expect(await collectCache(workshop, atMost('3kB'))).toMatchObject({ bytes: 0, dropped: [] });
    await collectCache(workshop, atMost('2kB'));
    expect(await workshop.blobs.list()).toContain(released);
    expect(await workshop.blobs.has(recent)).toBe(false);
  });

  it('drops what was not used for some time, or all, but what costs nothing because images have it', async () => {
    const released = await keep('released', { usedAt: 1 });
    await workshop.records.publish(sampleImage({ layers: [sampleLayer(released)] }));
    await keep('old', { usedAt: 10 });
    await keep('new', { usedAt: 1000 });
    expect(names((await foreseeCollection(workshop, chooseAll)).dropped).sort()).toEqual([
      'web new',
      'web old',
    ]);
    const { dropped } = await collectCache(workshop, chooseUnusedSince(500_000));
    expect(names(dropped).sort()).toEqual(['web old', 'web released']);
    expect(await workshop.blobs.has(released)).toBe(true);
    await collectCache(workshop, chooseAll);
    expect(await workshop.blobs.list()).toEqual([released]);
  });

  it('counts downloads, and what nothing needs', async () => {
    const path = join(home, 'downloads/content', 'a'.repeat(64));
    await writeAtomically(path, 'd'.repeat(500));
    await utimes(path, 1, 1);
    await workshop.blobs.write('left over');
    const { bytes, dropped } = await collectCache(workshop, chooseUnusedSince(500_000));
    expect([bytes, dropped.map(({ kind }) => kind)]).toEqual(['left over'.length + 500, ['downloads']]);
    expect((await takeInventory(workshop)).parts.size).toBe(0);
  });

  it('takes whatever is in the cache folder, and lists of distributions only after a year', async () => {
    const digest = 'c'.repeat(64);
    const files = [
      'apt/0123/hello_1.0_amd64.deb',
      `archives/${digest}.versions`,
      `asked/${digest}`,
      `asked/${digest}.json`,
      `packages/${digest}.deb`,
      `packages/${digest}.json`,
      `registry/${digest}`,
      `remote/${digest}`,
      `surveys/${digest}.json`,
      `systems/${digest}`,
      'to-come/any/where',
    ];
    const days = async (name: string, number: number) => {
      const path = join(home, 'cache', name);
      await writeAtomically(path, 'ten bytes.');
      const then = Date.now() / 1000 - number * 86_400;
      await utimes(path, then, then);
    };
    for (const name of files) await days(name, 40);
    await days('apt/lists/young', 300);
    await days('apt/lists/old', 500);
    await days('packages/young', 1);
    await writeAtomically(join(home, 'downloads/addresses', `${digest}.json`), '{}');
    const { stocks } = await takeInventory(workshop);
    expect(
      Object.fromEntries([...Map.groupBy(stocks, ({ kind }) => kind)].map(([k, v]) => [k, v.length])),
    ).toEqual({
      downloads: 9,
      facts: 2,
    });
    const { bytes, dropped } = await collectCache(workshop, chooseUnusedSince(Date.now() - 30 * 86_400_000));
    expect([bytes, dropped.length]).toEqual([10 * files.length, 9]);
    const left = await output(['find', join(home, 'cache'), '-type', 'f', '-printf', '%P\n']);
    expect(left.trim().split('\n').sort()).toEqual(['apt/lists/young', 'packages/young']);
    expect(await recordBytes(home)).toBe(10);
  });

  it('forgets records whose content is gone, and clears away locks and what was put aside', async () => {
    const gone = await keep('gone', { usedAt: 1 });
    await workshop.blobs.remove(gone);
    await writeAtomically(join(home, 'locks/a.lock'), '');
    await writeAtomically(join(home, 'blobs/damaged/b'), 'damaged');
    expect(names((await collectCache(workshop, chooseNone)).dropped)).toEqual(['web gone']);
    expect(await output(['find', join(home, 'locks'), join(home, 'blobs'), '-type', 'f'])).toBe('');
  });

  it('changes nothing while somebody uses the store', async () => {
    await keep('used', { usedAt: 1 });
    const release = await workshop.records.useContent();
    expect(await collectCache(workshop, chooseAll)).toMatchObject({ busy: true, dropped: [] });
    release();
    expect((await takeInventory(workshop)).stocks).toHaveLength(1);
  });

  it(
    'takes nothing from processes that use and fill the store meanwhile',
    async () => {
      const script = join(import.meta.dirname, 'testing/use-cache.ts');
      const stdin = new PassThrough();
      const users = ['1', '4'].map((seed) =>
        output([process.execPath, script, seed], {
          env: { GILD_HOME: home },
          stdin: stdin.pipe(new PassThrough()),
        }),
      );
      const ended = Promise.all(users);
      const failed = ended.then(
        () => 'failed',
        () => 'failed',
      );
      const removed: number[] = [];
      const fruitful = () => removed.filter((blobs) => blobs > 0).length;
      while (removed.length < collections || fruitful() < 5) {
        const { busy, blobs } = await collectCache(
          workshop,
          removed.length % 2 === 0 ? atMost('200B') : chooseAll,
        );
        if (!busy) removed.push(blobs);
        if ((await Promise.race([failed, delay(busy ? 1 : 10, 'going on')])) === 'failed') break;
      }
      stdin.end();
      const made = (await ended).map(Number);
      process.stdout.write(`${removed.length} collections, of which ${fruitful()} removed something\n`);
      expect(Math.max(...made)).toBeGreaterThan(0);
      expect(await verifyStore(workshop, new AbortController().signal)).toMatchObject({
        blobs: { damaged: [] },
        folders: { damaged: [] },
        images: [],
        entries: [],
      });
    },
    collections * 500 + 240_000,
  );
});

/** A step on record with a blob of 1 kB; `usedAt` in seconds since 1970. */
async function keep(
  name: string,
  { usedAt, seconds = 1 }: { readonly usedAt: number; readonly seconds?: number },
): Promise<Digest> {
  const { digest, size } = await workshop.blobs.write(name.padEnd(1000, '.'));
  const key = sha256(name);
  const createdAt = new Date(usedAt * 1000).toISOString();
  const work = { key, kind: 'output', name, image: 'web', runId: 'run-1', createdAt, seconds } as const;
  const artifact = { type: 'oci', digest, size, blobs: [digest], mediaType: 'text/plain', fileName: 'a' };
  await createWorkRecords(workshop.database.open).put({ ...work, preimage: {}, result: { artifact } });
  return digest;
}
