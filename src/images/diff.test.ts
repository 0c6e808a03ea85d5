import { describe, expect, it } from 'vitest';
import { diffPackages } from './diff-packages.ts';
import { diffTrees } from './diff-trees.ts';
import { type EntrySketch, sketchLayers } from './testing/layers.ts';

const pack = (name: string, version: string, architecture = 'amd64') => ({ name, version, architecture });

describe('the difference of two package lists', () => {
  it('says what came, went, and in which direction versions moved', () => {
    const before = [
      pack('a', '1'),
      pack('b', '1:0.9'),
      pack('c', '2~rc1'),
      pack('d', '1'),
      pack('e', '1.0'),
      pack('same', '1'),
    ];
    const after = [
      pack('b', '2.0'),
      pack('c', '2'),
      pack('d', '1', 'all'),
      pack('e', '1.0-0'),
      pack('f', '1'),
      pack('same', '1'),
    ];
    expect(diffPackages(before, after).map(({ name, change }) => `${name} ${change}`)).toEqual([
      'a removed',
      'b downgraded',
      'c upgraded',
      'd changed',
      'e changed',
      'f added',
    ]);
  });

  it('tells the architectures of one package apart where there are several', () => {
    const both = [pack('libc6', '1'), pack('libc6', '1', 'i386')];
    expect(diffPackages([pack('libc6', '1')], both).map(({ name, change }) => `${name} ${change}`)).toEqual([
      'libc6:i386 added',
    ]);
  });
});

describe('the difference of two trees', () => {
  const changes = async (
    lower: Readonly<Record<string, EntrySketch>>,
    upper: Readonly<Record<string, EntrySketch>>,
  ): Promise<string[]> => {
    const { layers, read } = sketchLayers(lower, upper);
    const { files } = await diffTrees(layers.slice(0, 1), layers, read);
    return files.map(({ path, change, differs }) => [change, path, ...differs].join(' '));
  };

  it('carries out whiteouts and opaque folders, whatever their order in the layer', async () => {
    const lower = { 'a/': '', 'a/x': '1', 'a/y': '2', 'b/': '', 'b/z/': '', 'b/z/deep': '3', c: '4' };
    expect(
      await changes(lower, { 'a/': '', 'a/new': '5', 'a/.wh..wh..opq': '', '.wh.c': '', 'b/.wh.z': '' }),
    ).toEqual([
      'added /a/new',
      'removed /a/x',
      'removed /a/y',
      'removed /b/z',
      'removed /b/z/deep',
      'removed /c',
    ]);
  });

  it('names everything that differs in a file', async () => {
    const lower = { f: 'old', g: 'same', l: { type: 'symlink', target: 'f' }, p: 'x' } as const;
    const upper = {
      f: { text: 'newer', mode: 0o4755, uid: 7 },
      g: 'same',
      l: { type: 'symlink', target: 'g' },
      p: { text: 'x', xattrs: new Map([['security.capability', Buffer.of(1)]]) },
    } as const;
    const { layers, read } = sketchLayers(lower, upper);
    const { files } = await diffTrees(layers.slice(0, 1), layers, read);
    expect(files.map(({ path, differs, privileged }) => ({ path, differs, privileged }))).toEqual([
      { path: '/f', differs: ['mode', 'uid', 'size', 'content'], privileged: true },
      { path: '/l', differs: ['linkTarget'], privileged: false },
      { path: '/p', differs: ['xattrs'], privileged: true },
    ]);
  });

  it('sees a folder in the place of a file, and a hard link as the file that it is', async () => {
    expect(
      await changes({ f: '1', h: '2' }, { 'f/': '', 'f/in': '3', i: { type: 'link', target: 'h' } }),
    ).toEqual(['changed /f type size content', 'added /f/in', 'added /i']);
  });

  it('reads no layer of equal trees, and shared layers once', async () => {
    const { layers, read, reads } = sketchLayers({ a: '1' }, { b: '2' }, { c: '3' });
    expect(await diffTrees(layers, layers, read)).toEqual({ files: [], users: [] });
    expect(reads).toEqual([0, 0, 0]);
    await diffTrees(layers.slice(0, 2), layers, read);
    expect(reads).toEqual([1, 1, 1]);
  });

  it('lists users that came, went or changed', async () => {
    const { layers, read } = sketchLayers(
      { 'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nold:x:5:5::/:/bin/false\n' },
      { 'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnginx:x:101:101::/nonexistent:/bin/false\n' },
    );
    const { users } = await diffTrees(layers.slice(0, 1), layers, read);
    expect(users.map(({ name, change }) => `${name} ${change}`)).toEqual([
      'nginx added',
      'old removed',
      'root changed',
    ]);
  });
});
