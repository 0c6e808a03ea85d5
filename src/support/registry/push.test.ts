import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { sha256 } from '../canonical.ts';
import { createDisposer } from '../disposer.ts';
import { type OutgoingBlob, openPusher, type Pusher } from './push.ts';
import type { RepositoryOptions } from './session.ts';
import {
  close,
  imageManifestType,
  listen,
  startRegistry,
  type TestRegistry,
  type TestRegistryOptions,
} from './testing/test-registry.ts';

let cleanUp = createDisposer();

afterEach(async () => {
  await cleanUp.dispose();
  cleanUp = createDisposer();
});

async function setUp(registryOptions: TestRegistryOptions = {}, options: RepositoryOptions = {}) {
  const registry = await startRegistry(registryOptions);
  cleanUp.add(() => registry.close());
  return { registry, pusher: open(registry, options) };
}

function open({ host }: TestRegistry, options: RepositoryOptions): Pusher {
  const image = { registry: host, repository: 'some/cache' };
  return openPusher(image, { firstDelayMs: 1, credentials: async () => undefined, ...options });
}

function blobOf(bytes: Buffer): OutgoingBlob {
  return { digest: sha256(bytes), size: bytes.length, open: () => Readable.from([bytes]) };
}

const config = blobOf(Buffer.from('{}'));
const layer = blobOf(Buffer.alloc(300_000, 7));

function manifestOf(): { mediaType: string; bytes: Buffer } {
  const named = ({ digest, size }: OutgoingBlob) => ({ mediaType: 'text/plain', digest, size });
  const document = {
    schemaVersion: 2,
    mediaType: imageManifestType,
    config: named(config),
    layers: [named(layer)],
  };
  return { mediaType: imageManifestType, bytes: Buffer.from(JSON.stringify(document)) };
}

describe('pushing', () => {
  it('brings blobs and a manifest, and knows what is there', async () => {
    const { registry, pusher } = await setUp();
    expect(await pusher.has(layer.digest)).toBe(false);
    await pusher.blob(layer);
    await pusher.blob(config);
    expect(await pusher.has(layer.digest)).toBe(true);
    const manifest = manifestOf();
    await pusher.manifest('latest', manifest);
    expect(registry.content.get('latest')).toEqual({ bytes: manifest.bytes, type: imageManifestType });
  });

  it.each(['bearer', 'basic'] as const)('logs in where %s is asked for', async (auth) => {
    const credentials = async () => ({ kind: 'password', user: 'ada', password: 'lovelace' }) as const;
    const { registry, pusher } = await setUp({ auth, login: 'ada:lovelace' }, { credentials });
    await pusher.blob(layer);
    expect(registry.content.has(layer.digest)).toBe(true);
  });

  it('refuses to push a manifest of what is not there', async () => {
    const { pusher } = await setUp();
    await expect(pusher.manifest('latest', manifestOf())).rejects.toMatchObject({
      code: 'BASE_UNREACHABLE',
      message: /400/,
    });
  });

  it('begins an upload anew where it broke off', async () => {
    const { registry, pusher } = await setUp();
    let left = 2;
    registry.misbehave((request, response) => {
      if (request.method !== 'PUT' || left-- <= 0) return false;
      request.once('data', () => response.destroy());
      return true;
    });
    await pusher.blob(layer);
    expect(registry.content.get(layer.digest)?.bytes.length).toBe(layer.size);
    expect(registry.requests.filter(({ method }) => method === 'POST')).toHaveLength(3);
  });

  it('sends to where the registry says, and no credentials to another host', async () => {
    const { registry, pusher } = await setUp(
      { auth: 'basic', login: 'ada:lovelace' },
      {
        credentials: async () => ({ kind: 'password', user: 'ada', password: 'lovelace' }),
      },
    );
    const seen: { bytes: number; url: string | undefined; authorization: string | undefined }[] = [];
    const storage = createServer(async (request, response) => {
      let bytes = 0;
      for await (const chunk of request) bytes += (chunk as Buffer).length;
      seen.push({ bytes, url: request.url, authorization: request.headers.authorization });
      response.writeHead(201).end();
    });
    const port = await listen(storage);
    cleanUp.add(() => close(storage));
    registry.misbehave((request, response) => {
      if (request.method !== 'POST' || request.headers.authorization === undefined) return false;
      response.writeHead(202, { location: `http://localhost:${port}/bucket?signature=1` }).end();
      return true;
    });
    await pusher.blob(layer);
    const digest = encodeURIComponent(layer.digest);
    expect(seen).toEqual([
      { bytes: layer.size, url: `/bucket?signature=1&digest=${digest}`, authorization: undefined },
    ]);
  });

  it('stops where what it reads is damaged', async () => {
    const { registry, pusher } = await setUp();
    const failing = new Error('the disk forgot');
    const damaged = {
      ...layer,
      open: () =>
        Readable.from(
          (async function* () {
            yield Buffer.alloc(1000);
            throw failing;
          })(),
        ),
    };
    await expect(pusher.blob(damaged)).rejects.toThrow('the disk forgot');
    expect(registry.content.size).toBe(0);
  });

  it('says how to log in where it is refused', async () => {
    const { pusher } = await setUp({ auth: 'basic', login: 'ada:lovelace' });
    await expect(pusher.blob(layer)).rejects.toMatchObject({ hint: expect.stringContaining('podman login') });
  });
});
