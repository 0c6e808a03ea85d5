import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sampleImage } from '../images/testing/sample-image.ts';
import { output } from '../support/process.ts';
import { addImage, imageIndexType, startRegistry } from '../support/registry/testing/test-registry.ts';
import { rawTar } from '../support/tar/testing/raw-tar.ts';
import { dockerArchive } from './docker-archive/docker-archive.ts';
import { image } from './image.ts';
import { bases } from './index.ts';
import { oci } from './oci/oci.ts';
import { registry } from './registry/registry.ts';
import { rootfs } from './rootfs/rootfs.ts';
import { scratch } from './scratch.ts';
import { describeBase } from './testing/base-suite.ts';
import type { TestHome } from './testing/test-home.ts';

const lower = rawTar([
  { name: 'etc/', type: '5', mode: 0o755 },
  { name: 'etc/os-release', content: 'ID=test\n', mtime: 1_700_000_000 },
  { name: 'etc/motd', content: 'hello\n', mtime: 1_600_000_000 },
]);
const upper = rawTar([
  { name: 'etc/', type: '5', mode: 0o755 },
  { name: 'etc/.wh.motd', content: '' },
  { name: 'bin', type: '2', link: 'usr/bin', mode: 0o777 },
]);
const config = {
  Env: ['PATH=/bin'],
  Cmd: ['sh'],
  User: '1000',
  WorkingDir: '/srv',
  ExposedPorts: { '80/tcp': {} },
};

async function startWithImage(addCleanUp: (cleanUp: () => unknown) => void, auth?: 'bearer') {
  const server = await startRegistry(auth ? { auth } : {});
  addCleanUp(() => server.close());
  const wanted = addImage(server, { layers: [lower, upper], config });
  const wrong = addImage(server, { layers: [lower], architecture: 'arm64' });
  const entry = (found: typeof wanted, architecture: string) => ({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    ...found,
    platform: { os: 'linux', architecture },
  });
  const index = {
    schemaVersion: 2,
    mediaType: imageIndexType,
    manifests: [entry(wrong, 'arm64'), entry(wanted, 'amd64')],
  };
  server.addManifest(index, '1.0');
  return { server, reference: `${server.host}/some/image:1.0` };
}

/** skopeo is another producer than we are. */
async function copyTo(target: string, reference: string): Promise<void> {
  await output([
    'skopeo',
    'copy',
    '--insecure-policy',
    '--src-tls-verify=false',
    `docker://${reference}`,
    target,
  ]);
}

async function writeRootfs({ folder }: TestHome, name: string, bytes: Buffer) {
  await writeFile(join(folder, name), bytes);
  return { reference: `rootfs:./${name}`, missing: [`rootfs:./no-${name}`, 'rootfs:./'] };
}

describeBase(scratch, 'scratch', async () => ({ reference: 'scratch' }));

describeBase(registry, 'registry', async (_home, addCleanUp) => {
  const { server, reference } = await startWithImage(addCleanUp, 'bearer');
  return { reference, missing: [`${server.host}/some/image:2.0`] };
});

describeBase(oci, 'oci', async ({ folder }, addCleanUp) => {
  const { reference } = await startWithImage(addCleanUp);
  await copyTo(`oci:${folder}/layout:1.0`, reference);
  return { reference: 'oci:./layout:1.0', missing: ['oci:./layout:2.0', 'oci:./nowhere', 'oci:.'] };
});

describeBase(dockerArchive, 'docker-archive', async ({ folder }, addCleanUp) => {
  const { reference } = await startWithImage(addCleanUp);
  await copyTo(`docker-archive:${folder}/image.tar:some/image:1.0`, reference);
  return {
    reference: 'docker-archive:./image.tar:some/image:1.0',
    missing: ['docker-archive:./image.tar:other:1.0', 'docker-archive:./no.tar'],
  };
});

describeBase(rootfs, 'rootfs (plain)', (home) => writeRootfs(home, 'tree.tar', lower));
describeBase(rootfs, 'rootfs (gzip)', (home) => writeRootfs(home, 'tree.tar.gz', gzipSync(lower)));
describeBase(rootfs, 'rootfs (zstd)', (home) => writeRootfs(home, 'tree.tar.zst', zstdCompressSync(lower)));

describeBase(image, 'image', async (home) => {
  await writeRootfs(home, 'tree.tar', lower);
  const locked = await rootfs.resolve(
    { kind: 'rootfs', reference: 'x', options: { path: join(home.folder, 'tree.tar') } },
    home.context,
  );
  const layers = await rootfs.fetch(locked, home.context);
  await home.records.publish(sampleImage({ name: 'base', version: '1.2.0', architecture: 'amd64', layers }));
  return {
    reference: 'image:base@1.x.x',
    missing: ['image:other', 'image:base@2.x.x', 'image:base@1.2.0/7'],
  };
});

describe('the bases', () => {
  it('are covered by this suite, but for the one that takes half a minute', () => {
    const here = [scratch, registry, oci, dockerArchive, rootfs, image].map(({ kind }) => kind);
    expect(bases.map(({ kind }) => kind).filter((kind) => !here.includes(kind))).toEqual(['debian']);
  });
});
