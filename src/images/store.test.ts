import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBlobStore } from '../store/blobs.ts';
import { sha256 } from '../support/canonical.ts';
import { output } from '../support/process.ts';
import { createImageStore, type Records } from './store.ts';
import { sampleImage, sampleLayer } from './testing/sample-image.ts';

let home: string;
let store: Records;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-store-'));
  store = createImageStore({ home, blobs: createBlobStore(home) });
});

afterEach(async () => {
  await store.close();
  await rm(home, { recursive: true, force: true });
});

describe('the image store', () => {
  it('counts builds from 1 for each name and version', async () => {
    const builds = [];
    for (const version of ['1.0.0', '1.0.0', '1.0.1']) {
      builds.push((await store.publish(sampleImage({ version }))).build);
    }
    expect(builds).toEqual([1, 2, 1]);
  });

  it('gives every build number once to two processes that publish at the same time', async () => {
    const publish = () =>
      output([process.execPath, join(import.meta.dirname, 'testing/publish-many.ts'), home, '50']);
    const acknowledged = (await Promise.all([publish(), publish()])).flatMap((text) =>
      text.trim().split('\n'),
    );
    const expected = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(acknowledged.map(Number).sort((a, b) => a - b)).toEqual(expected);
    expect((await store.list()).map((image) => image.build).reverse()).toEqual(expected);
  });

  it('never gives a removed number again', async () => {
    await store.remove(await store.publish(sampleImage()));
    expect((await store.publish(sampleImage())).build).toBe(2);
    expect(await store.nextVersion('web', '1.0.x')).toBe('1.0.1');
  });

  it('finds the newest available image by number, not by text', async () => {
    for (const version of ['1.9.0', '1.10.0', '2.0.0', '1.10.0'])
      await store.publish(sampleImage({ version }));
    await store.publish(sampleImage({ version: '3.0.0', state: 'test-failed' }));
    const found = async (version: string, build?: number) => {
      const image = await store.find('web', version, build);
      return image && `${image.version}/${image.build}`;
    };
    expect(await found('latest')).toBe('2.0.0/1');
    expect(await found('1.x.x')).toBe('1.10.0/2');
    expect(await found('1.x.x', 1)).toBe('1.10.0/1');
    expect(await found('1.9.0')).toBe('1.9.0/1');
    expect(await found('3.0.0')).toBeUndefined();
    expect(await store.find('other', 'latest')).toBeUndefined();
  });

  it.each([
    [[], '1.2.x', '1.2.0'],
    [['1.2.0', '1.2.9', '1.3.0'], '1.2.x', '1.2.10'],
    [['1.2.0', '1.3.4'], '1.x.x', '1.3.5'],
    [['1.2.0', '1.3.0'], '1.x.0', '1.4.0'],
    [['1.2.0', '4.0.0'], 'x.0.0', '5.0.0'],
    [['1.2.0'], 'x.0.0', '1.0.0'],
    [[], 'x.x.x', '0.0.1'],
    [['1.2.0'], '1.2.0', '1.2.0'],
  ] as const)('with %j recorded, the next version of %s is %s', async (versions, pattern, next) => {
    for (const version of versions) await store.publish(sampleImage({ version }));
    expect(await store.nextVersion('web', pattern)).toBe(next);
  });

  it('gives back exactly what was published', async () => {
    const image = sampleImage({ packages: [{ name: 'nginx', version: '1.22.1-9', architecture: 'amd64' }] });
    await store.publish(image);
    expect(await store.find('web', 'latest')).toEqual({ ...image, build: 1 });
  });

  it('refuses an image whose blobs are not there', async () => {
    const layers = [sampleLayer(sha256('nowhere'))];
    await expect(store.publish(sampleImage({ layers }))).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
    expect(await store.list()).toEqual([]);
  });

  it('notices a record that something else changed', async () => {
    await store.publish(sampleImage());
    const raw = new DatabaseSync(join(home, 'gild.db'));
    raw.exec(`update images set record = replace(record, 'debian', 'devuan')`);
    raw.close();
    await expect(store.list()).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });

  it('keeps an image that another one was made from', async () => {
    const base = await store.publish(sampleImage({ name: 'base' }));
    const child = await store.publish(sampleImage({ parents: ['base@1.0.0/1'] }));
    await expect(store.remove(base)).rejects.toMatchObject({
      code: 'IMAGE_IN_USE',
      message: '`base@1.0.0/1` is the base of `web@1.0.0/1`.',
    });
    await store.remove(child);
    await store.remove(base);
    await expect(store.remove(base)).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' });
  });
});

describe('runs', () => {
  const run = { id: '20261122-110624-3f9a', image: 'web', recipe: '/r.yaml', planId: 'sha256:1' };

  it('are found by the beginning of their id, and the newest without one', async () => {
    await store.startRun(run);
    await store.startRun({ ...run, id: '20261122-110625-aaaa' });
    await store.finishRun(run.id, 'success');
    expect(await store.findRun('20261122-110624')).toMatchObject({ id: run.id, status: 'success' });
    expect(await store.findRun()).toMatchObject({ id: '20261122-110625-aaaa', status: 'running' });
    await expect(store.findRun('20261122')).rejects.toThrow('More than one run starts with `20261122`.');
    await expect(store.findRun('20261122-110624-3f9b')).rejects.toMatchObject({
      code: 'RUN_NOT_FOUND',
      hint: 'Did you mean `20261122-110624-3f9a`?',
    });
  });

  it('are lost when their process is gone', async () => {
    const script = join(import.meta.dirname, 'testing/start-run.ts');
    await output([process.execPath, script, home, run.id]);
    expect(await store.findRun()).toMatchObject({ status: 'lost' });
    await store.startRun({ ...run, id: 'later' });
    expect((await store.listRuns('web')).map((row) => row.status)).toEqual(['running', 'lost']);
    expect(await store.listRuns('other')).toEqual([]);
  });

  it('says that there is none yet', async () => {
    await expect(store.findRun()).rejects.toThrow('No run is recorded yet.');
  });
});
