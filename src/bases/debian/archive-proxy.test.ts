import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../support/canonical.ts';
import { createDisposer } from '../../support/disposer.ts';
import { close, listen } from '../../support/registry/testing/test-registry.ts';
import { startArchiveProxy } from './archive-proxy.ts';
import { createPackageCache, type PackageCache } from './package-cache.ts';

let cleanUp = createDisposer();
let asked: string[] = [];
let mirror = '';
let proxy = '';
let cache: PackageCache;

beforeEach(async () => {
  asked = [];
  const home = await mkdtemp(join(tmpdir(), 'gild-proxy-'));
  cleanUp.add(() => rm(home, { recursive: true }));
  const server = createServer((incoming, response) => {
    asked.push(incoming.url ?? '');
    if (incoming.url?.includes('missing')) response.writeHead(404).end();
    else response.end(`content of ${incoming.url}`);
  });
  mirror = `http://localhost:${await listen(server)}/debian`;
  cleanUp.add(() => close(server));
  cache = createPackageCache(home, undefined);
  const bytes = Buffer.from('pinned');
  const started = await startArchiveProxy({
    cache,
    lists: [{ suite: 'bookworm', mirror, digest: sha256(bytes), bytes }],
  });
  cleanUp.add(() => started.close());
  proxy = started.address;
});

afterEach(async () => {
  await cleanUp.dispose();
  cleanUp = createDisposer();
});

/** As apt asks a proxy: with the whole address in the request line. */
function get(url: string, method = 'GET'): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(proxy);
    const outgoing = request({ host: '127.0.0.1', port, path: url, method }, async (response) => {
      const text = (await response.toArray()).join('');
      resolve({ status: response.statusCode ?? 0, text });
    });
    outgoing.on('error', reject).end();
  });
}

describe('the proxy between apt and its archive', () => {
  it('hands out the pinned list without asking the mirror', async () => {
    expect(await get(`${mirror}/dists/bookworm/InRelease`)).toEqual({ status: 200, text: 'pinned' });
    expect(asked).toEqual([]);
  });

  it('has no list but the pinned one', async () => {
    for (const path of ['dists/trixie/InRelease', 'dists/bookworm/Release', 'dists/bookworm/Release.gpg']) {
      expect((await get(`${mirror}/${path}`)).status).toBe(404);
    }
    expect(asked).toEqual([]);
  });

  it('fetches a package once, also for several at the same time', async () => {
    const path = 'pool/main/a/apt/apt_2.6.1+deb12u1_amd64.deb';
    const answers = await Promise.all([1, 2, 3].map(() => get(`${mirror}/${path}`)));
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set([`content of /debian/${path}`]));
    await get(`${mirror}/${path}`);
    expect(asked).toEqual([`/debian/${path}`]);
    expect(cache.counts()).toMatchObject({ fetched: 1, kept: 1 });
  });

  it('keeps an index under its digest, and not one under its name', async () => {
    const byHash = `dists/bookworm/main/binary-amd64/by-hash/SHA256/${'a'.repeat(64)}`;
    const byName = 'dists/bookworm/main/binary-amd64/Packages.xz';
    for (const path of [byHash, byHash, byName, byName])
      expect((await get(`${mirror}/${path}`)).status).toBe(200);
    expect(asked).toEqual([byHash, byName, byName].map((path) => `/debian/${path}`));
  });

  it('fetches again what it was told to forget', async () => {
    const url = `${mirror}/pool/main/a/a_1_all.deb`;
    await get(url);
    await cache.forget();
    await get(url);
    expect(asked.length).toBe(2);
  });

  it('passes on that the mirror does not have something', async () => {
    expect((await get(`${mirror}/pool/main/m/missing_1_all.deb`)).status).toBe(404);
  });

  it.each([
    'http://169.254.169.254/',
    'http://localhost:1/debian/pool/a.deb',
    '/etc/passwd',
    'http://deb.debian.org/debian/pool/x',
  ])('does nothing for %s', async (url) => {
    expect((await get(url)).status).toBe(403);
  });

  it('does not write outside its cache, whatever the name', async () => {
    for (const name of ['..%2f..%2fx.deb', '../../../x.deb', '.deb', `${'x'.repeat(300)}.deb`]) {
      expect([200, 404, 502]).toContain((await get(`${mirror}/pool/main/${name}`)).status);
    }
  });

  it('only reads', async () => {
    expect((await get(`${mirror}/pool/main/a/a_1_all.deb`, 'PUT')).status).toBe(403);
  });
});
