import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Artifact } from '../../model/artifact.ts';
import type { Layer } from '../../model/tree.ts';
import { createBlobStore } from '../../store/blobs.ts';
import type { BlobStore } from '../../store/types.ts';
import { sha256 } from '../../support/canonical.ts';
import { tarEnd, tarHeader, tarPadding } from '../../support/tar/plain-file.ts';
import type { OutputContext, OutputInput } from '../types.ts';
import { oci } from './oci.ts';

let home: string;
let blobs: BlobStore;
let input: OutputInput;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-oci-'));
  blobs = createBlobStore(home);
  input = {
    name: 'web-server',
    version: '1.0.0',
    description: 'nginx on Debian',
    architecture: 'amd64',
    epoch: 1_700_000_000,
    tree: { layers: [await layer('etc-one', 'base'), await layer('etc-two', 'component nginx')] },
    config: {
      env: { PATH: '/usr/bin', LANG: 'C.UTF-8' },
      user: '',
      workingDir: '/srv',
      entrypoint: ['nginx'],
      cmd: ['-g', 'daemon off;'],
      ports: ['80/tcp', '443/tcp'],
      labels: { 'org.opencontainers.image.version': 'of the base', mine: 'kept' },
    },
    base: { name: 'docker.io/library/debian:bookworm', digest: sha256('base') },
  };
});

afterAll(() => rm(home, { recursive: true, force: true }));

describe('the oci output', () => {
  it('writes a manifest and a config that say all of the image, with times from the epoch', async () => {
    const artifact = await make();
    const manifest = await readJson(artifact.digest);
    expect(artifact.fileName).toBe('web-server-1.0.0.oci');
    expect(manifest.annotations).toMatchInlineSnapshot(`
      {
        "org.opencontainers.image.base.digest": "sha256:cae662172fd450bb0cd710a769079c05bfc5d8e35efa6576edc7d0377afdd4a2",
        "org.opencontainers.image.base.name": "docker.io/library/debian:bookworm",
        "org.opencontainers.image.created": "2023-11-14T22:13:20Z",
        "org.opencontainers.image.description": "nginx on Debian",
        "org.opencontainers.image.title": "web-server",
        "org.opencontainers.image.version": "1.0.0",
      }
    `);
    expect(await readJson(manifest.config.digest)).toMatchInlineSnapshot(`
      {
        "architecture": "amd64",
        "config": {
          "Cmd": [
            "-g",
            "daemon off;",
          ],
          "Entrypoint": [
            "nginx",
          ],
          "Env": [
            "LANG=C.UTF-8",
            "PATH=/usr/bin",
          ],
          "ExposedPorts": {
            "443/tcp": {},
            "80/tcp": {},
          },
          "Labels": {
            "mine": "kept",
            "org.opencontainers.image.base.digest": "sha256:cae662172fd450bb0cd710a769079c05bfc5d8e35efa6576edc7d0377afdd4a2",
            "org.opencontainers.image.base.name": "docker.io/library/debian:bookworm",
            "org.opencontainers.image.created": "2023-11-14T22:13:20Z",
            "org.opencontainers.image.description": "nginx on Debian",
            "org.opencontainers.image.title": "web-server",
            "org.opencontainers.image.version": "1.0.0",
          },
          "WorkingDir": "/srv",
        },
        "created": "2023-11-14T22:13:20Z",
        "history": [
          {
            "created": "2023-11-14T22:13:20Z",
            "created_by": "base",
          },
          {
            "created": "2023-11-14T22:13:20Z",
            "created_by": "component nginx",
          },
        ],
        "os": "linux",
        "rootfs": {
          "diff_ids": [
            "sha256:2a3a9454c2a4995c232b2ae816e9c799a9dbd63997315107e6538eb69177f47e",
            "sha256:189a64ed1a6bf973b9d33a525ceb6fe62a99d3cda25d455d5193e45d056c3548",
          ],
          "type": "layers",
        },
      }
    `);
    const sizes = await Promise.all(artifact.blobs.map((digest) => blobs.size(digest)));
    expect(artifact.size).toBe(sizes.reduce((sum, size) => sum + size));
  });

  it('gives the same bytes for the same input', async () => {
    expect(await make()).toEqual(await make());
    const shuffled = { ...input, config: { ...input.config, ports: ['443/tcp', '80/tcp'] } };
    expect(await oci.make(shuffled, {}, context())).toEqual(await make());
  });

  it('exports a layout that needs the artifact alone, without copying blobs', async () => {
    const artifact = await make({ tag: 'stable' });
    const folder = join(home, 'export', 'web.oci');
    await oci.export(artifact, folder, blobs);
    expect((await readdir(folder)).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
    expect(await readFile(join(folder, 'oci-layout'), 'utf8')).toBe('{"imageLayoutVersion":"1.0.0"}');
    expect(JSON.parse(await readFile(join(folder, 'index.json'), 'utf8')).manifests).toEqual([
      {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: artifact.digest,
        size: await blobs.size(artifact.digest),
        annotations: { 'org.opencontainers.image.ref.name': 'stable' },
      },
    ]);
    const names = await readdir(join(folder, 'blobs', 'sha256'));
    expect(names.map((name) => `sha256:${name}`).sort()).toEqual([...artifact.blobs].sort());
    expect(await readdir(join(home, 'export'))).toEqual(['web.oci']);
  });

  it('overwrites nothing, and leaves nothing behind when a blob is missing', async () => {
    const artifact = await make();
    const folder = join(home, 'taken');
    await writeFile(folder, 'mine');
    await expect(oci.export(artifact, folder, blobs)).rejects.toMatchObject({ code: 'EXPORT_EXISTS' });
    expect(await readFile(folder, 'utf8')).toBe('mine');
    const incomplete: Artifact = { ...artifact, blobs: [...artifact.blobs, sha256('never written')] };
    await expect(oci.export(incomplete, join(home, 'broken'), blobs)).rejects.toMatchObject({
      code: 'STORE_DAMAGED',
    });
    expect((await readdir(home)).filter((name) => name.startsWith('broken'))).toEqual([]);
  });

  it('keeps layers as they are, also gzip ones beside zstd', async () => {
    const manifest = await readJson((await make()).digest);
    expect(manifest.layers.map((each: { mediaType: string }) => each.mediaType)).toEqual([
      'application/vnd.oci.image.layer.v1.tar+gzip',
      'application/vnd.oci.image.layer.v1.tar+gzip',
    ]);
    expect((await stat(blobs.path(manifest.layers[0].digest))).size).toBe(manifest.layers[0].size);
  });
});

function make(options = {}): Promise<Artifact> {
  return oci.make(input, options, context());
}

/** Nothing here asks for the trees: layers that are gzip already are blobs of the store. */
function context(): OutputContext {
  return { blobs, trees: {} as OutputContext['trees'], note: () => undefined };
}

async function readJson(digest: Layer['blob']) {
  return JSON.parse((await blobs.read(digest)).toString());
}

async function layer(name: string, createdBy: string): Promise<Layer> {
  const content = Buffer.from(`content of ${name}`);
  const tar = Buffer.concat([
    tarHeader({ name, size: content.length, mtime: 0 }),
    content,
    tarPadding(content.length),
    tarEnd,
  ]);
  const { digest, size } = await blobs.write(gzipSync(tar));
  return {
    diffId: sha256(tar),
    blob: digest,
    size,
    unpackedSize: tar.length,
    compression: 'gzip',
    createdBy,
  };
}
