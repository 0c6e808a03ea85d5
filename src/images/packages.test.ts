import { describe, expect, it } from 'vitest';
import { layersWithPackages, listPackages } from './packages.ts';
import { sketchLayers } from './testing/layers.ts';

const bash =
  'Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2.15-2+b7\nDescription: shell\n Version: no\n';
const adduser = 'Package: adduser\nStatus: install ok installed\nArchitecture: all\nVersion: 3.134\n';
const gone = 'Package: gone\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 1.0\n';

describe('the package list', () => {
  it('is that of the topmost dpkg status, and reads no layer below it', async () => {
    const { layers, read, reads } = sketchLayers(
      { 'var/lib/dpkg/status': `${bash}` },
      { 'var/lib/dpkg/status': `${bash}\n${gone}\n${adduser}` },
      { 'etc/motd': 'hello' },
    );
    expect(await listPackages(layers, read)).toEqual({
      packages: [
        { name: 'adduser', version: '3.134', architecture: 'all' },
        { name: 'bash', version: '5.2.15-2+b7', architecture: 'amd64' },
      ],
      notes: [],
    });
    expect(reads).toEqual([0, 1, 1]);
  });

  it('joins the files of an image without dpkg, less those that an upper layer took away', async () => {
    const { layers, read } = sketchLayers(
      {
        'var/lib/dpkg/status.d/': '',
        'var/lib/dpkg/status.d/bash': bash,
        'var/lib/dpkg/status.d/bash.md5sums': 'Package: x\nVersion: 1\n',
        'var/lib/dpkg/status.d/adduser': adduser,
      },
      { './var/lib/dpkg/status.d/.wh.adduser': '' },
    );
    expect((await listPackages(layers, read)).packages.map(({ name }) => name)).toEqual(['bash']);
  });

  it.each([
    ['.wh.var'],
    ['var/.wh.lib'],
    ['var/lib/dpkg/.wh..wh..opq'],
    ['var/lib'],
    ['var/lib/dpkg/status/'],
  ])('is empty when an upper layer has %s', async (path) => {
    const { layers, read } = sketchLayers({ 'var/lib/dpkg/status': bash }, { [path]: '' });
    const { packages } = await listPackages(layers, read);
    expect(packages.map(({ name }) => name)).toEqual(path.endsWith('/') ? ['bash'] : []);
  });

  it('reads what Alpine has installed', async () => {
    const { layers, read } = sketchLayers({
      'lib/apk/db/installed':
        'C:Q1\nP:musl\nV:1.2.5-r0\nA:x86_64\nF:lib\n\nP:busybox\nV:1.36.1-r29\nA:x86_64\n',
    });
    expect((await listPackages(layers, read)).packages).toEqual([
      { name: 'busybox', version: '1.36.1-r29', architecture: 'x86_64' },
      { name: 'musl', version: '1.2.5-r0', architecture: 'x86_64' },
    ]);
  });

  it('says what it does not read', async () => {
    const rpm = sketchLayers({ 'usr/lib/sysimage/rpm/rpmdb.sqlite': 'x' });
    expect((await listPackages(rpm.layers, rpm.read)).notes).toEqual([
      'The packages are in an RPM database, which is not read.',
    ]);
    const huge = sketchLayers(
      { 'var/lib/dpkg/status': bash },
      { 'var/lib/dpkg/status': { size: 65 * 1024 * 1024 } },
    );
    expect(await listPackages(huge.layers, huge.read)).toEqual({
      packages: [],
      notes: ['/var/lib/dpkg/status has 68157440 bytes: too large, not read.'],
    });
    const link = sketchLayers({ 'var/lib/dpkg/status': { type: 'symlink', target: '/etc/shadow' } });
    expect((await listPackages(link.layers, link.read)).notes).toEqual([
      '/var/lib/dpkg/status is a symlink, not a file: not read.',
    ]);
  });
});

describe('the layers with packages', () => {
  it.each([
    ['a database', { 'var/lib/dpkg/status': bash }],
    ['part of a database', { 'var/lib/dpkg/status.d/bash': bash }],
    ['a database of RPM', { 'var/lib/rpm/rpmdb.sqlite': 'x' }],
    ['a whiteout of one', { 'var/lib/.wh.dpkg': '' }],
    ['a link in the place of its folder', { 'var/lib': { type: 'symlink', target: 'lib' } }],
  ] as const)('are those with %s', async (_what, sketch) => {
    const { layers, read } = sketchLayers({ 'etc/motd': 'below' }, sketch, { 'etc/motd': 'above' });
    expect(await layersWithPackages(layers, read)).toEqual([layers[1]]);
  });

  it('and those that are too large to look, unread', async () => {
    const { layers, read, reads } = sketchLayers({ 'etc/motd': 'hello' });
    const large = layers.map((layer) => ({ ...layer, unpackedSize: 2 ** 30 }));
    expect(await layersWithPackages(large, read)).toEqual(large);
    expect(reads).toEqual([0]);
  });
});
