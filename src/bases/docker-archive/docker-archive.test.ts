import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../support/canonical.ts';
import { type RawEntry, rawTar } from '../../support/tar/testing/raw-tar.ts';
import { parseBase } from '../index.ts';
import { makeTestHome, type TestHome } from '../testing/test-home.ts';
import { dockerArchive } from './docker-archive.ts';

const layer = rawTar([{ name: 'file', content: 'content' }]);
const configOf = (...layers: Buffer[]) =>
  JSON.stringify({
    os: 'linux',
    architecture: 'amd64',
    rootfs: { diff_ids: layers.map((tar) => sha256(tar)) },
  });
const manifestOf = (...layers: string[]) =>
  JSON.stringify([{ Config: 'config.json', RepoTags: ['some/image:1'], Layers: layers }]);

let home: TestHome;

beforeEach(async () => {
  home = await makeTestHome();
});

afterEach(() => home.remove());

async function load(content: Buffer | readonly RawEntry[], name = '') {
  await writeFile(
    join(home.folder, 'image.tar'),
    Buffer.isBuffer(content) ? content : rawTar(content as RawEntry[]),
  );
  const locked = await dockerArchive.resolve(
    parseBase(`docker-archive:./image.tar${name}`, home.folder),
    home.context,
  );
  return dockerArchive.fetch(locked, home.context);
}

const plain: readonly RawEntry[] = [
  { name: 'manifest.json', content: manifestOf('layer.tar') },
  { name: 'config.json', content: configOf(layer) },
  { name: 'layer.tar', content: layer },
];

describe('a docker archive', () => {
  it('gives its layers', async () => {
    expect((await load(plain)).map(({ diffId }) => diffId)).toEqual([sha256(layer)]);
  });

  it('may have compressed layers', async () => {
    const entries = [...plain.slice(0, 2), { name: 'layer.tar', content: gzipSync(layer) }];
    expect((await load(entries)).map(({ diffId }) => diffId)).toEqual([sha256(layer)]);
  });

  it('may name a layer through a link within it', async () => {
    const entries = [
      { name: 'manifest.json', content: manifestOf('b/layer.tar') },
      ...plain.slice(1),
      { name: 'b/layer.tar', type: '2', link: '../layer.tar' },
    ];
    expect((await load(entries)).map(({ diffId }) => diffId)).toEqual([sha256(layer)]);
  });

  it('is asked for an image by name, as docker abbreviates it', async () => {
    for (const name of [':some/image:1', ':docker.io/some/image:1']) {
      const promise = load(plain, name);
      if (name.includes('docker.io'))
        await expect(promise).rejects.toMatchObject({ hint: 'It holds: some/image:1.' });
      else expect(await promise).toHaveLength(1);
    }
  });

  it.each<[string, readonly RawEntry[] | Buffer, RegExp]>([
    ['nothing in it', [], /no manifest\.json/],
    ['no config', plain.filter(({ name }) => name !== 'config.json'), /no config\.json/],
    ['no layer', plain.slice(0, 2), /no layer\.tar/],
    [
      'a layer that is a link to a file of this host',
      [...plain.slice(0, 2), { name: 'layer.tar', type: '2', link: '/etc/passwd' }],
      /no layer\.tar/,
    ],
    [
      'a layer that is a link out of the archive',
      [...plain.slice(0, 2), { name: 'layer.tar', type: '2', link: '../../../../etc/passwd' }],
      /no layer\.tar/,
    ],
    [
      'links in a circle',
      [
        ...plain.slice(0, 2),
        { name: 'layer.tar', type: '2', link: 'x' },
        { name: 'x', type: '2', link: 'layer.tar' },
      ],
      /no layer\.tar/,
    ],
    ['two manifests', [...plain, { name: './manifest.json', content: '[]' }], /two entries/],
    [
      'a layer with another content',
      [...plain.slice(0, 2), { name: 'layer.tar', content: rawTar([{ name: 'x', content: 'y' }]) }],
      /digest/,
    ],
    ['an empty layer file', [...plain.slice(0, 2), { name: 'layer.tar', content: '' }], /empty/],
    ['a manifest that is not JSON', [{ name: 'manifest.json', content: 'no' }], /not JSON/],
    ['a manifest without a config', [{ name: 'manifest.json', content: '[{}]' }], /names no config/],
    [
      'fewer layers than its config says',
      [{ name: 'manifest.json', content: manifestOf() }, ...plain.slice(1)],
      /does not fit/,
    ],
    ['a huge manifest', [{ name: 'manifest.json', content: Buffer.alloc(5_000_000, 32) }], /larger than/],
    ['no tar around it', Buffer.from('x'.repeat(2000)), /checksum|cut off/],
    ['xz around it', Buffer.from('fd377a585a000004', 'hex'), /xz/],
    ['gzip around it', gzipSync(rawTar(plain as RawEntry[])), /compressed as a whole/],
    ['its end cut off', rawTar(plain as RawEntry[]).subarray(0, -2048), /cut off/],
  ])('is refused with %s', async (_name, content, message) => {
    await expect(load(content)).rejects.toMatchObject({
      code: expect.stringMatching(/ARCHIVE_REFUSED|BASE_UNREACHABLE/),
      message,
    });
    expect(home.imports() <= 1).toBe(true);
  });
});
