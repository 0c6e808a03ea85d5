import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { sha256 } from '../canonical.ts';
import { createDisposer } from '../disposer.ts';
import { readLimited } from '../outbound.ts';
import { openRepository, type Repository } from './client.ts';
import type { RepositoryOptions } from './session.ts';
import {
  close,
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

const manifest = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', layers: [] };

async function setUp(registryOptions: TestRegistryOptions = {}, options: RepositoryOptions = {}) {
  const registry = await startRegistry(registryOptions);
  cleanUp.add(() => registry.close());
  registry.addManifest(manifest, '1.0');
  return { registry, repository: open(registry, options) };
}

function open({ host }: TestRegistry, options: RepositoryOptions = {}): Repository {
  const image = { registry: host, repository: 'some/image', tag: '1.0' };
  return openRepository(image, { firstDelayMs: 1, credentials: async () => undefined, ...options });
}

async function readBlob(repository: Repository, bytes: Buffer): Promise<Buffer> {
  return readLimited(await repository.blob(sha256(bytes), bytes.length), 1e6, 'it');
}

describe('a repository of a registry', () => {
  it('gives a manifest by tag and by digest', async () => {
    const { repository } = await setUp();
    const byTag = await repository.manifest('1.0');
    expect(byTag.digest).toBe(sha256(JSON.stringify(manifest)));
    expect(await repository.manifest(byTag.digest)).toEqual(byTag);
  });

  it('fetches a token once and uses it for all that follows', async () => {
    const { registry, repository } = await setUp({ auth: 'bearer' });
    const blob = Buffer.from('content');
    registry.addBlob(blob);
    await repository.manifest('1.0');
    expect(await readBlob(repository, blob)).toEqual(blob);
    const tokens = registry.requests.filter(({ path }) => path.startsWith('/token'));
    expect(tokens.map(({ path }) => path)).toEqual([
      '/token?service=test%2C+%22quoted%22&scope=repository%3Asome%2Fimage%3Apull',
    ]);
  });

  it.each(['bearer', 'basic'] as const)('logs in with a password where %s is asked for', async (auth) => {
    const login = 'ada:lovelace:1';
    const credentials = async () => ({ kind: 'password', user: 'ada', password: 'lovelace:1' }) as const;
    const { repository } = await setUp({ auth, login }, { credentials });
    expect((await repository.manifest('1.0')).bytes.length).toBeGreaterThan(0);
  });

  it.each(['bearer', 'basic'] as const)('says how to log in where %s refuses it', async (auth) => {
    const { registry, repository } = await setUp({ auth, login: 'ada:lovelace' });
    await expect(repository.manifest('1.0')).rejects.toMatchObject({
      code: 'BASE_UNREACHABLE',
      message: expect.stringContaining(registry.host),
      hint: expect.stringContaining('podman login'),
    });
  });

  it('does not hand credentials to the host that it is redirected to', async () => {
    const { registry, repository } = await setUp({ auth: 'bearer' });
    const blob = Buffer.from('elsewhere');
    const seen: (string | undefined)[] = [];
    const storage = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end(blob);
    });
    const port = await listen(storage);
    cleanUp.add(() => close(storage));
    await repository.manifest('1.0');
    registry.misbehave((request, response) => {
      if (!request.url?.includes('/blobs/')) return false;
      response.writeHead(307, { location: `http://localhost:${port}/bucket?signature=1` }).end();
      return true;
    });
    expect(await readBlob(repository, blob)).toEqual(blob);
    expect(seen).toEqual([undefined]);
    expect(registry.requests.at(-1)?.authorization).toMatch(/^Bearer /);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'http://[::ffff:169.254.169.254]/',
    'file:///etc/passwd',
    'ftp://localhost/',
  ])('does not follow a redirect to %s', async (location) => {
    const { registry, repository } = await setUp();
    registry.misbehave((_request, response) => {
      response.writeHead(302, { location }).end();
      return true;
    });
    await expect(repository.manifest('1.0')).rejects.toMatchObject({ code: 'DOWNLOAD_REFUSED' });
  });

  it('gives up on a circle of redirects', async () => {
    const { registry, repository } = await setUp();
    registry.misbehave((request, response) => {
      response.writeHead(302, { location: request.url ?? '' }).end();
      return true;
    });
    await expect(repository.manifest('1.0')).rejects.toMatchObject({ code: 'DOWNLOAD_REFUSED' });
    expect(registry.requests.length).toBe(6);
  });

  it.each([429, 500, 503])('tries again after %d', async (status) => {
    const { registry, repository } = await setUp();
    let left = 2;
    registry.misbehave((_request, response) => {
      if (left-- <= 0) return false;
      response.writeHead(status, { 'retry-after': '0' }).end();
      return true;
    });
    await repository.manifest('1.0');
    expect(registry.requests.length).toBe(3);
  });

  it('gives up when the registry goes on answering 429', async () => {
    const { registry, repository } = await setUp();
    registry.misbehave((_request, response) => {
      response.writeHead(429).end();
      return true;
    });
    await expect(repository.manifest('1.0')).rejects.toMatchObject({
      code: 'BASE_UNREACHABLE',
      message: /429/,
    });
    expect(registry.requests.length).toBe(5);
  });

  it('says that there is no such image', async () => {
    const { registry, repository } = await setUp();
    await expect(repository.manifest('2.0')).rejects.toMatchObject({
      code: 'BASE_NOT_FOUND',
      message: expect.stringContaining(`${registry.host}/some/image:1.0`),
      hint: expect.stringContaining('skopeo list-tags'),
    });
    expect(registry.requests.length).toBe(1);
  });

  it('refuses a manifest that is not the one asked for', async () => {
    const { registry, repository } = await setUp();
    const digest = sha256('another');
    registry.misbehave((_request, response) => {
      response.end(JSON.stringify(manifest));
      return true;
    });
    await expect(repository.manifest(digest)).rejects.toMatchObject({
      code: 'DOWNLOAD_REFUSED',
      message: /instead of/,
    });
  });

  it('stops reading a manifest that does not end', async () => {
    const { registry, repository } = await setUp();
    registry.misbehave((_request, response) => {
      const more = () => {
        while (response.write(Buffer.alloc(65_536, 32))) {}
      };
      response.on('drain', more).on('close', () => response.off('drain', more));
      more();
      return true;
    });
    await expect(repository.manifest('1.0')).rejects.toMatchObject({
      code: 'DOWNLOAD_REFUSED',
      message: /larger than/,
    });
  });

  it('refuses a blob with another content, and one that is too long', async () => {
    const { registry, repository } = await setUp();
    const blob = Buffer.from('right');
    for (const wrong of ['wrong', 'too long']) {
      registry.misbehave((_request, response) => {
        response.end(wrong);
        return true;
      });
      await expect(readBlob(repository, blob)).rejects.toMatchObject({ code: 'DOWNLOAD_REFUSED' });
    }
  });

  it('calls a blob that is cut off a failed download', async () => {
    const { registry, repository } = await setUp();
    const blob = Buffer.alloc(100_000, 7);
    registry.misbehave((_request, response) => {
      response.writeHead(200, { 'content-length': blob.length });
      response.write(blob.subarray(0, 50_000), () => response.destroy());
      return true;
    });
    await expect(readBlob(repository, blob)).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNRESET|DOWNLOAD_FAILED/),
    });
  });

  it('names the registry when nothing listens there', async () => {
    const { registry, repository } = await setUp();
    await registry.close();
    await expect(repository.manifest('1.0')).rejects.toMatchObject({
      code: 'BASE_UNREACHABLE',
      message: expect.stringContaining(registry.host),
      hint: expect.stringContaining('running'),
    });
  });

  it('ends at once when it is cancelled while the registry says nothing', async () => {
    const { registry, repository } = await setUp();
    const stop = new AbortController();
    registry.misbehave(() => {
      stop.abort();
      return true;
    });
    await expect(repository.manifest('1.0', stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('does not wait for ever for a registry that says nothing', async () => {
    const { registry, repository } = await setUp({}, { idleMs: 50 });
    registry.misbehave(() => true);
    await expect(repository.manifest('1.0')).rejects.toMatchObject({
      code: 'BASE_UNREACHABLE',
      message: /no answer in time/,
    });
  });
});
