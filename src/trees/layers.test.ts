import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { impliedDirectory, type TarEntry, type TarSink } from '../support/tar/entry.ts';
import { decompress } from './compression.ts';
import { guard } from './guard.ts';
import { createKeep } from './normalise.ts';
import { fromOverlay, toOverlay } from './overlay.ts';
import { comparePaths, relativePath } from './paths.ts';
import { imageXattrs } from './xattrs.ts';

function entry(path: string, more: Partial<TarEntry> = {}): TarEntry {
  return { ...impliedDirectory(path, 0, 0), type: 'file', mode: 0o644, ...more };
}

function collect(through: (out: TarSink) => TarSink, entries: readonly TarEntry[]): TarEntry[] {
  const seen: TarEntry[] = [];
  const sink = through({ entry: (one) => void seen.push(one), data() {}, end() {} });
  for (const one of entries) sink.entry(one);
  sink.end();
  return seen;
}

const opaque = new Map([['user.overlay.opaque', Buffer.from('y')]]);
const shape = ({ path, type, xattrs }: TarEntry) => `${type} ${path}${xattrs.size ? ' opaque' : ''}`;

describe('whiteouts', () => {
  const unpacked = (...paths: (string | TarEntry)[]) =>
    collect(
      (out) => guard(toOverlay(out), { whiteouts: 'allow' }),
      paths.map((path) => (typeof path === 'string' ? entry(path) : path)),
    ).map(shape);

  it('become devices and opaque folders, after everything else', () => {
    expect(unpacked('a/.wh.x', 'a/.wh..wh..opq', 'a/y')).toEqual([
      'directory a',
      'file a/y',
      'char a/x',
      'directory a opaque',
    ]);
  });

  it('hide only what is below, whichever comes first', () => {
    const made = entry('x', { type: 'directory' });
    expect(unpacked('.wh.x', made)).toEqual(['directory x', 'directory x opaque']);
    expect(unpacked(made, '.wh.x')).toEqual(['directory x', 'directory x opaque']);
    expect(unpacked('.wh.f', 'f')).toEqual(['file f']);
  });

  it('come back from an upper folder', () => {
    const upper = [
      entry('a', { type: 'directory', xattrs: opaque }),
      entry('a/y'),
      entry('gone', { type: 'char', mode: 0 }),
      entry('d/gone', { type: 'char', mode: 0 }),
    ];
    expect(collect(fromOverlay, upper).map(({ path }) => path)).toEqual([
      'a',
      'a/.wh..wh..opq',
      'a/y',
      '.wh.gone',
      'd/.wh.gone',
    ]);
  });

  it('are not made from files that only have such names', () => {
    expect(() => collect(fromOverlay, [entry('.wh.passwd')])).toThrow('mean deletions');
  });
});

describe('volatile paths', () => {
  const keep = createKeep(['/etc/resolv.conf', '/opt/a*b']);

  it.each([
    'tmp/x',
    'tmp/x/y',
    'etc/passwd-',
    'var/lib/dpkg/status-old',
    'etc/ssh/ssh_host_rsa_key',
    'var/cache/apt/pkgcache.bin',
    'etc/resolv.conf',
    'opt/a*b',
    'opt/a*b/c',
    'var/lib/dbus/machine-id',
  ])('are dropped: %s', (path) => expect(keep(entry(path))).toBeUndefined());

  it.each([
    'tmp',
    'etc/passwd',
    'etc/foo-',
    'var/lib/dpkg/status',
    'usr/tmp/x',
    'etc/resolv.conf.d',
    'opt/aXb',
    'var/log',
    'etc/ssh/sshd_config',
  ])('do not include %s', (path) => expect(keep(entry(path))?.path).toBe(path));

  it('include the content of the machine id, not the file', () => {
    expect(keep(entry('etc/machine-id', { size: 33 }))?.size).toBe(0);
    expect(keep(entry('var/lib/dbus/machine-id', { type: 'symlink' }))).toBeDefined();
  });
});

describe('extended attributes', () => {
  it('keep capabilities as version 2, without the root id of a namespace', () => {
    const v3 = Buffer.from('0100000300200000000000000000000000000000e9030000', 'hex');
    const v2 = Buffer.from('0100000200200000000000000000000000000000', 'hex');
    expect(imageXattrs('file', new Map([['security.capability', v3]])).get('security.capability')).toEqual(
      v2,
    );
    expect(imageXattrs('file', new Map([['security.capability', v2]])).get('security.capability')).toEqual(
      v2,
    );
    expect(imageXattrs('directory', new Map([['security.capability', v2]])).size).toBe(0);
  });
});

describe('paths', () => {
  it('are cleaned, or refused', () => {
    expect(['a', './a/', '/a//b/.', '.', '', '/', 'a/../b', '..', '...'].map(relativePath)).toEqual([
      'a',
      'a',
      'a/b',
      '',
      '',
      '',
      undefined,
      undefined,
      '...',
    ]);
  });

  it('sort depth first, as GNU tar does', () => {
    expect(['a-b', 'a/b', 'a', 'a!', 'b', 'a/b-c', 'a/b/c'].sort(comparePaths)).toEqual([
      'a',
      'a/b',
      'a/b/c',
      'a/b-c',
      'a!',
      'a-b',
      'b',
    ]);
  });
});

describe('zstd', () => {
  it('is read across frames wherever the input is cut', async () => {
    const skippable = Buffer.from('5a2a4d180400000061626364', 'hex');
    const large = Buffer.from(Array.from({ length: 30_000 }, (_, i) => (i * i * 31) >> 7));
    const data = Buffer.concat([
      skippable,
      zstdCompressSync('one '),
      zstdCompressSync(large),
      skippable,
      zstdCompressSync(''),
    ]);
    for (const piece of [1, 3, 5, 1000, data.length]) {
      const pieces = async function* () {
        for (let at = 0; at < data.length; at += piece) yield data.subarray(at, at + piece);
      };
      const out: Buffer[] = [];
      for await (const chunk of decompress(pieces(), 'zstd')) out.push(chunk);
      expect(Buffer.concat(out).equals(Buffer.concat([Buffer.from('one '), large]))).toBe(true);
    }
  });
});
