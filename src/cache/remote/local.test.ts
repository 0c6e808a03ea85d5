import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describePlace } from './testing/place-suite.ts';
import { openTestHost, type TestHost } from './testing/test-host.ts';

const isBlob = (name: string) => /^[0-9a-f]{64}$/.test(name);

describePlace('a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gild-place-'));
  const blobs = join(folder, 'blobs', 'sha256');
  return {
    from: `type=local,src=${folder}`,
    to: `type=local,dest=${folder}`,
    content: async () => {
      const names = (await readdir(blobs)).filter(isBlob);
      return new Map(
        await Promise.all(
          names.map(async (name) => [`sha256:${name}`, await readFile(join(blobs, name))] as const),
        ),
      );
    },
    replace: (digest, content) => writeFile(join(blobs, digest.slice('sha256:'.length)), content),
    close: () => rm(folder, { recursive: true }),
  };
});

describe('a folder', () => {
  let folder: string;
  let host: TestHost;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gild-place-'));
    host = await openTestHost();
  });
  afterEach(async () => {
    await host.remove();
    await rm(folder, { recursive: true });
  });

  it('has several caches under their tags', async () => {
    const one = await host.build({ text: 'one' });
    await host.share(`type=local,dest=${folder},tag=one`, one);
    await host.share(`type=local,dest=${folder},tag=two`, await host.build({ text: 'two' }));
    const other = await openTestHost();
    const from = [`type=local,src=${folder},tag=one`];
    expect((await other.build({ from, text: 'one' })).made).toEqual(['disk']);
    expect((await other.build({ from, text: 'two' })).made).toContain('component/last');
    await other.remove();
  });

  it('loses what no cache in it lists any more, and nothing that was just written', async () => {
    const blobs = join(folder, 'blobs', 'sha256');
    const built = await host.build();
    await host.share(folder, built);
    const [old, fresh] = ['a', 'b'].map((digit) => join(blobs, digit.repeat(64)));
    for (const path of [old, fresh]) await writeFile(path ?? '', 'left');
    await utimes(old ?? '', 1, 1);
    await host.share(`${folder},mode=max`, built);
    const left = (await readdir(blobs)).filter((name) => /^(.)\1+$/.test(name));
    expect(left).toEqual(['b'.repeat(64)]);
  });

  it('keeps everything where somebody else has something in it', async () => {
    await host.share(folder, await host.build());
    const blobs = join(folder, 'blobs', 'sha256');
    const manifest = Buffer.from('{"schemaVersion":2}');
    const foreign = 'c'.repeat(64);
    await writeFile(join(blobs, foreign), manifest);
    await utimes(join(blobs, foreign), 1, 1);
    const index = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')) as { manifests: object[] };
    index.manifests.push({ mediaType: 'a/b', digest: `sha256:${foreign}`, size: manifest.length });
    await writeFile(join(folder, 'index.json'), JSON.stringify(index));
    await host.share(`${folder},mode=max`, await host.build());
    expect(await readdir(blobs)).toContain(foreign);
    expect(await readFile(join(folder, 'index.json'), 'utf8')).toContain(foreign);
  });

  it('is not written to where it holds something else', async () => {
    await mkdir(join(folder, 'photos'));
    await expect(host.share(folder, await host.build())).rejects.toMatchObject({
      code: 'REMOTE_CACHE_FAILED',
      message: expect.stringContaining('photos'),
    });
  });
});
