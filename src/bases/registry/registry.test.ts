import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../support/canonical.ts';
import {
  addImage,
  imageIndexType,
  startRegistry,
  type TestRegistry,
} from '../../support/registry/testing/test-registry.ts';
import { rawTar } from '../../support/tar/testing/raw-tar.ts';
import { parseBase } from '../index.ts';
import { makeTestHome, type TestHome } from '../testing/test-home.ts';
import { registry } from './registry.ts';

const tar = (text: string) => rawTar([{ name: 'file', content: text }]);
const imageType = 'application/vnd.oci.image.manifest.v1+json';

let home: TestHome;
let server: TestRegistry;

beforeEach(async () => {
  home = await makeTestHome();
  server = await startRegistry();
});

afterEach(async () => {
  await server.close();
  await home.remove();
});

const resolve = (tag: string) =>
  registry.resolve(parseBase(`${server.host}/some/image:${tag}`, '/'), home.context);
const blob = (bytes: Buffer, mediaType: string) => ({
  mediaType,
  digest: server.addBlob(bytes),
  size: bytes.length,
});
const configType = 'application/vnd.oci.image.config.v1+json';
const layerType = 'application/vnd.oci.image.layer.v1.tar';

describe('an image in a registry', () => {
  it('is pinned by the digest of the manifest for this architecture, with its date and config', async () => {
    const { digest } = addImage(
      server,
      { layers: [tar('a')], created: '2024-05-01T12:00:00Z', config: { Cmd: ['run'] } },
      '1',
    );
    expect(await resolve('1')).toMatchObject({ digest, epoch: 1714564800, config: { cmd: ['run'] } });
  });

  it('is not fetched to be resolved', async () => {
    addImage(server, { layers: [tar('a')] }, '1');
    await resolve('1');
    expect(server.requests.length).toBe(2);
  });

  it('is restored without asking where it was resolved, and from the registry elsewhere', async () => {
    addImage(server, { layers: [tar('a')] }, '1');
    const spec = parseBase(`${server.host}/some/image:1`, '/');
    const locked = await registry.resolve(spec, home.context);
    const pin = registry.pinning?.pin(locked) ?? {};
    addImage(server, { layers: [tar('b')] }, '1');
    const before = server.requests.length;
    expect(await registry.pinning?.restore(spec, pin, home.context)).toEqual(locked);
    expect(server.requests.length).toBe(before);
    const other = await makeTestHome();
    expect(await registry.pinning?.restore(spec, pin, other.context)).toEqual(locked);
    await other.remove();
  });

  it('is what was pinned, also when the tag has moved on', async () => {
    addImage(server, { layers: [tar('a')] }, '1');
    const locked = await resolve('1');
    addImage(server, { layers: [tar('b')] }, '1');
    const [layer] = await registry.fetch(locked, home.context);
    expect(layer?.diffId).toBe(sha256(tar('a')));
  });

  it('is found through nested indexes, attestations left aside', async () => {
    const found = addImage(server, { layers: [tar('a')] });
    const linux = { os: 'linux', architecture: 'amd64' };
    const attestation = {
      mediaType: imageType,
      ...addImage(server, { layers: [] }),
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
    };
    const inner = {
      schemaVersion: 2,
      mediaType: imageIndexType,
      manifests: [attestation, { mediaType: imageType, ...found, platform: linux }],
    };
    const digest = server.addManifest(inner);
    const outer = {
      schemaVersion: 2,
      mediaType: imageIndexType,
      manifests: [{ mediaType: imageIndexType, digest, size: JSON.stringify(inner).length, platform: linux }],
    };
    server.addManifest(outer, '1');
    expect((await resolve('1')).digest).toBe(found.digest);
  });

  it('names the architectures that are there when ours is not', async () => {
    const manifests = ['arm64', 's390x'].map((architecture) => ({
      mediaType: imageType,
      ...addImage(server, { layers: [], architecture }),
      platform: { os: 'linux', architecture },
    }));
    server.addManifest({ schemaVersion: 2, mediaType: imageIndexType, manifests }, '1');
    await expect(resolve('1')).rejects.toMatchObject({
      message: expect.stringContaining('only for linux/arm64, linux/s390x'),
    });
  });

  it('is fetched again where a layer was cut off', async () => {
    addImage(server, { layers: [tar('a'), tar('b')] }, '1');
    const locked = await resolve('1');
    let left = 2;
    server.misbehave((request, response) => {
      if (!request.url?.includes('/blobs/') || left-- <= 0) return false;
      response.writeHead(200, { 'content-length': 100_000 });
      response.write('half', () => response.destroy());
      return true;
    });
    const layers = await registry.fetch(locked, home.context);
    expect(layers.map(({ diffId }) => diffId)).toEqual([sha256(tar('a')), sha256(tar('b'))]);
  });

  it('brings a layer that it has twice in once', async () => {
    addImage(server, { layers: [tar('a'), tar('b'), tar('a')] }, '1');
    const layers = await registry.fetch(await resolve('1'), home.context);
    expect(layers.map(({ diffId }) => diffId)).toEqual([tar('a'), tar('b'), tar('a')].map(sha256));
    expect(home.imports()).toBe(2);
  });

  it('is refused where a layer is another than its digest says', async () => {
    addImage(server, { layers: [tar('a')] }, '1');
    const locked = await resolve('1');
    server.misbehave((request, response) => {
      if (!request.url?.includes('/blobs/')) return false;
      response.end(tar('b'));
      return true;
    });
    await expect(registry.fetch(locked, home.context)).rejects.toMatchObject({ code: 'DOWNLOAD_REFUSED' });
  });

  it('is refused where the config promises another content', async () => {
    const config = Buffer.from(
      JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [sha256('other')] } }),
    );
    server.addManifest(
      {
        schemaVersion: 2,
        mediaType: imageType,
        config: blob(config, configType),
        layers: [blob(tar('a'), layerType)],
      },
      '1',
    );
    await expect(registry.fetch(await resolve('1'), home.context)).rejects.toMatchObject({
      code: 'ARCHIVE_REFUSED',
    });
  });
});

describe('what is no image', () => {
  const config = () =>
    blob(
      Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [] } })),
      configType,
    );
  const descriptor = { mediaType: layerType, digest: sha256('x'), size: 1 };

  it.each<[string, () => unknown, RegExp]>([
    ['a manifest of schema 1', () => ({ schemaVersion: 1, fsLayers: [] }), /schema 1/],
    [
      'an artifact',
      () => ({
        schemaVersion: 2,
        config: blob(Buffer.from('{}'), 'application/vnd.cncf.helm.config.v1+json'),
        layers: [],
      }),
      /helm.*not a container image/,
    ],
    ['an empty object', () => ({}), /no image manifest/],
    ['a list', () => [], /no image manifest/],
    [
      'a layer count that differs',
      () => ({ schemaVersion: 2, config: config(), layers: [descriptor] }),
      /1 layers, its config 0/,
    ],
    [
      'a layer of an unknown type',
      () => ({ schemaVersion: 2, config: config(), layers: [{ ...descriptor, mediaType: 'text/plain' }] }),
      /text\/plain/,
    ],
    [
      'a layer with another digest algorithm',
      () => ({ schemaVersion: 2, config: config(), layers: [{ ...descriptor, digest: 'md5:x' }] }),
      /usable digest/,
    ],
    [
      'a layer of negative size',
      () => ({ schemaVersion: 2, config: config(), layers: [{ ...descriptor, size: -1 }] }),
      /usable digest/,
    ],
    [
      'too many layers',
      () => ({ schemaVersion: 2, config: config(), layers: new Array(501).fill(descriptor) }),
      /501 layers/,
    ],
    [
      'a config that is a list',
      () => ({ schemaVersion: 2, config: blob(Buffer.from('[]'), configType), layers: [] }),
      /config/,
    ],
    [
      'a config that is not JSON',
      () => ({ schemaVersion: 2, config: blob(Buffer.from('<html>'), configType), layers: [] }),
      /not JSON; it begins with "<html>"/,
    ],
    [
      'an image for Windows',
      () => ({
        schemaVersion: 2,
        config: blob(
          Buffer.from(JSON.stringify({ os: 'windows', architecture: 'amd64', rootfs: { diff_ids: [] } })),
          configType,
        ),
        layers: [],
      }),
      /windows\/amd64/,
    ],
    [
      'an index without images',
      () => ({ schemaVersion: 2, mediaType: imageIndexType, manifests: [] }),
      /only for nothing/,
    ],
  ])('is refused: %s', async (_name, make, message) => {
    server.addManifest(make(), '1');
    await expect(resolve('1')).rejects.toMatchObject({ code: 'BASE_UNREACHABLE', message });
  });

  it('is refused: a page for people in place of a manifest', async () => {
    server.misbehave((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Log in</title>');
      return true;
    });
    await expect(resolve('1')).rejects.toMatchObject({
      message: /not JSON; it begins with "<!doctype html>/,
      hint: /log-in page/,
    });
  });

  it('is refused: indexes without end', async () => {
    let digest = sha256('');
    let size = 1;
    for (let depth = 0; depth < 6; depth++) {
      const index = {
        schemaVersion: 2,
        mediaType: imageIndexType,
        manifests: [{ mediaType: imageIndexType, digest, size }],
      };
      digest = server.addManifest(index, '1');
      size = JSON.stringify(index).length;
    }
    await expect(resolve('1')).rejects.toMatchObject({ message: /nested too deeply/ });
  });
});
