import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHost } from '../host/host.ts';
import { makeNamespaceFolder } from '../host/namespace-folder.ts';
import type { Host } from '../host/types.ts';
import type { Layer } from '../model/tree.ts';
import { createBlobStore } from '../store/blobs.ts';
import { sha256 } from '../support/canonical.ts';
import { pax, type RawEntry, rawEntry, rawTar } from '../support/tar/testing/raw-tar.ts';
import { createTarWriter } from '../support/tar/writer.ts';
import { createTreeStore } from './tree-store.ts';
import type { TreeStore } from './types.ts';

const epoch = 1_700_000_000;
const options = { epoch, createdBy: 'test' };
const run = promisify(execFile);

let home: string;
let host: Host;
let trees: TreeStore;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-trees-'));
  host = createHost({ home });
  trees = open();
});
afterAll(() => rm(home, { recursive: true, force: true }));

const open = () => createTreeStore({ home, blobs: createBlobStore(home), host });

const directory = async (layer: Layer, store = trees) => (await store.directories([layer]))[0] ?? '';

/** An upper folder in which `script` ran as the root of a namespace. */
async function upper(
  script: string,
  env: Record<string, string> = {},
): Promise<{ path: string; release(): Promise<void> }> {
  const scratch = await host.scratch('upper');
  const path = await makeNamespaceFolder(host, join(scratch.path, 'upper'));
  const namespace = await host.namespace({ network: 'off' });
  const { exitCode } = await namespace.exec(['sh', '-euc', script], { cwd: path, env });
  await namespace.close();
  expect(exitCode).toBe(0);
  return { path, release: () => scratch.release() };
}

/** What `script` says as the root of a namespace. */
async function inNamespace(cwd: string, script: string): Promise<string> {
  const namespace = await host.namespace({ network: 'off' });
  const said: Buffer[] = [];
  const { exitCode } = await namespace.exec(['sh', '-euc', script], {
    cwd,
    onStdout: (chunk) => said.push(chunk),
  });
  await namespace.close();
  expect(exitCode).toBe(0);
  return Buffer.concat(said).toString();
}

async function adopted(script: string, stubs?: string[]): Promise<Layer> {
  const { path, release } = await upper(script);
  const layer = await trees.adopt(async () => path, { ...options, ...(stubs && { stubs }) });
  await release();
  return layer;
}

/** What GNU tar says of a layer: mode, owner, size, time, name. */
async function listing(layer: Layer): Promise<string[]> {
  return list(await buffer(await trees.open(layer)));
}

async function list(tar: Buffer): Promise<string[]> {
  const child = run('tar', ['--list', '--verbose', '--numeric-owner', '--utc', '--full-time', '--xattrs'], {
    env: { LC_ALL: 'C.UTF-8' },
  });
  child.child.stdin?.end(tar);
  return (await child).stdout.trimEnd().split('\n');
}

async function imported(entries: readonly (RawEntry | Buffer)[]): Promise<Layer> {
  const parts = entries.map((one) => (Buffer.isBuffer(one) ? one : rawEntry(one)));
  const tar = Buffer.concat([...parts, rawTar([])]);
  const blob = gzipSync(tar);
  const source = Readable.from([blob], { objectMode: false });
  return trees.importLayer(source, { blob: sha256(blob), diffId: sha256(tar), createdBy: 'test' });
}

const busy = `
  mkdir -p etc usr/bin var/lib/dpkg tmp run "na me" deep/er
  echo one >usr/bin/one; ln usr/bin/one usr/bin/two; ln -s one usr/bin/three
  chmod 4755 usr/bin/one; chown 1000:33 deep; chmod 1777 tmp
  mknod -m 0 deep/gone c 0 0; mkfifo deep/pipe; setfattr -n user.note -v yes etc; setfattr -n user.overlay.opaque -v y deep/er
  setcap cap_net_raw=ep usr/bin/one 2>/dev/null || true
  echo secret >tmp/x; echo old >etc/passwd-; echo id >etc/machine-id; mknod tmp/w c 0 0; echo q >var/lib/dpkg/status-old
  touch -d @1000 usr/bin/three; printf x >"$(printf 'etc/\\377')"; touch "$(printf 'run/\\377')"; touch etc/stub
`;

describe('adopting an upper folder', () => {
  it('makes a layer as OCI means it', async () => {
    const layer = await adopted(busy, ['/etc/stub']);
    expect(await listing(layer)).toMatchInlineSnapshot(`
      [
        "drwxr-xr-x  1000/33           0 2023-11-14 22:13:20 deep/",
        "drwxr-xr-x  0/0               0 2023-11-14 22:13:20 deep/er/",
        "----------  0/0               0 2023-11-14 22:13:20 deep/er/.wh..wh..opq",
        "----------  0/0               0 2023-11-14 22:13:20 deep/.wh.gone",
        "prw-r--r--  0/0               0 2023-11-14 22:13:20 deep/pipe",
        "drwxr-xr-x* 0/0               0 2023-11-14 22:13:20 etc/",
        "-rw-r--r--  0/0               0 2023-11-14 22:13:20 etc/machine-id",
        "-rw-r--r--  0/0               1 2023-11-14 22:13:20 etc/\\377",
        "drwxr-xr-x  0/0               0 2023-11-14 22:13:20 na me/",
        "drwxr-xr-x  0/0               0 2023-11-14 22:13:20 run/",
        "drwxrwxrwt  0/0               0 2023-11-14 22:13:20 tmp/",
        "drwxr-xr-x  0/0               0 2023-11-14 22:13:20 usr/",
        "drwxr-xr-x  0/0               0 2023-11-14 22:13:20 usr/bin/",
        "-rwsr-xr-x  0/0               4 1970-01-01 00:16:40 usr/bin/one",
        "lrwxrwxrwx  0/0               0 2023-11-14 22:13:20 usr/bin/three -> one",
        "hrwsr-xr-x  0/0               0 1970-01-01 00:16:40 usr/bin/two link to usr/bin/one",
        "drwxr-xr-x  0/0               0 2023-11-14 22:13:20 var/",
        "drwxr-xr-x  0/0               0 2023-11-14 22:13:20 var/lib/",
        "drwxr-xr-x  0/0               0 2023-11-14 22:13:20 var/lib/dpkg/",
      ]
    `);
  });

  it('gives the same blob whenever and in whatever order the files came', async () => {
    const files = Array.from({ length: 40 }, (_, i) => `f${i}`);
    const script = (names: string[]) =>
      `mkdir d; for n in ${names.join(' ')}; do echo $n >d/$n; done; ${busy}`;
    const first = await adopted(script(files));
    const second = await adopted(
      `${script(files.toReversed())}\n touch -d '2031-01-01' d/f3 d; sleep 0.01; touch d/f4`,
    );
    expect(second).toEqual(first);
  });

  it('keeps a folder that equals the one made from the blob', async () => {
    const layer = await adopted(`echo fresh >fresh; ${busy}`);
    const seen = async () => {
      const folder = await directory(layer, open());
      const args = [
        '-cf-',
        '--sort=name',
        '--format=posix',
        '--xattrs',
        '--xattrs-include=*',
        '--pax-option=delete=atime,delete=ctime',
        '-C',
        folder,
        '.',
      ];
      const child = run('tar', args, { encoding: 'buffer', maxBuffer: 1 << 28 });
      return (await list((await child).stdout))
        .map((line) => line.replace(/ +/g, ' '))
        .filter((line) => !line.endsWith(' ./'));
    };
    const kept = await seen();
    await rm(await directory(layer), { recursive: true });
    expect(await seen()).toEqual(kept);
  });

  it('gives compiled Python files the time stamp that their source gets', async () => {
    const pyc = (time: string) =>
      `mkdir p; echo 'x = 1' >p/m.py; printf '\\313\\r\\r\\n\\0\\0\\0\\0${time}\\6\\0\\0\\0code' >p/m.pyc`;
    const first = await adopted(pyc('\\1\\2\\3\\177'));
    const folder = await directory(first);
    const { stdout } = await run('od', ['-An', '-tu4', '-j8', '-N4', join(folder, 'p/m.pyc')]);
    expect(Number(stdout)).toBe(epoch);
    expect((await run('stat', ['-c', '%Y %Y', join(folder, 'p/m.pyc'), join(folder, 'p')])).stdout).toBe(
      `${epoch} ${epoch}\n`.repeat(2),
    );
    expect((await adopted(pyc('\\7\\7\\7\\177'))).diffId).toBe(first.diffId);
    expect((await adopted(pyc('\\7\\7\\7\\1'))).diffId).not.toBe(first.diffId);
  });

  it('makes a symbolic link of a hard link to one', async () => {
    const layer = await adopted('ln -s nowhere a; ln -P a b');
    expect((await listing(layer)).map((line) => line.slice(0, 1) + line.slice(-12))).toEqual([
      'la -> nowhere',
      'lb -> nowhere',
    ]);
  });

  it('refuses names that would delete something in other hands', async () => {
    await expect(adopted('mkdir etc; touch etc/.wh.passwd')).rejects.toMatchObject({
      code: 'ARCHIVE_REFUSED',
    });
    await expect(adopted('ln -s /tmp etc')).rejects.toMatchObject({ code: 'ARCHIVE_REFUSED' });
  });

  it('lets the first of two at once win', async () => {
    const uppers = await Promise.all([upper(busy), upper(busy), upper(busy)]);
    const layers = await Promise.all(uppers.map(({ path }) => open().adopt(async () => path, options)));
    expect(new Set(layers.map(({ blob }) => blob)).size).toBe(1);
    for (const { release } of uppers) await release();
    expect(await directory(layers[0] as Layer)).toContain(home);
  });
});

describe('importing', () => {
  it('takes a layer as it is, and unpacks what it means', async () => {
    const bottom = await imported([
      { name: 'd/old', content: 'old' },
      { name: 'gone', content: 'x' },
      { name: 'o/a' },
    ]);
    const top = await imported([
      { name: 'd/new', content: 'new' },
      { name: '.wh.gone' },
      { name: 'o/b' },
      { name: 'o/.wh..wh..opq' },
    ]);
    expect(bottom.compression).toBe('gzip');
    const flat = await buffer(await trees.flatten({ layers: [bottom, top] }));
    expect((await list(flat)).map((line) => line.split(' ').at(-1))).toEqual([
      'd/',
      'd/new',
      'd/old',
      'o/',
      'o/b',
    ]);
  });

  it('gives its entries to a sink as it gives them in a tar', async () => {
    const layer = await imported([
      { name: 'a', content: 'a'.repeat(100_000) },
      { name: 'd/b', content: 'b', mode: 0o4755 },
      { name: 'd/c', type: '1', link: 'a' },
    ]);
    const tar = createTarWriter();
    const waits: number[] = [];
    const settled = async () => void waits.push(1);
    await trees.read({ layers: [layer] }, tar, { settled });
    expect(Buffer.concat(tar.take())).toEqual(await buffer(await trees.flatten({ layers: [layer] })));
    expect(waits).not.toEqual([]);
  });

  it('does not follow the link of a layer below (two steps)', async () => {
    const first = await imported([{ name: 'x', type: '2', link: '../../../../../../victim' }]);
    const second = await imported([{ name: 'x/authorized_keys', content: 'evil' }]);
    await trees.directories([first, second]);
    const flat = await buffer(await trees.flatten({ layers: [first, second] }));
    expect((await list(flat)).map((line) => line.split(' ').at(-1))).toEqual(['x/', 'x/authorized_keys']);
  });

  it('refuses a layer of another digest, and keeps nothing of it', async () => {
    const tar = rawTar([{ name: 'x', content: 'other' }]);
    const blob = gzipSync(tar);
    const before = await trees.list();
    for (const expected of [
      { blob: sha256('a'), diffId: sha256(tar) },
      { blob: sha256(blob), diffId: sha256('a') },
    ]) {
      const source = Readable.from([blob], { objectMode: false });
      await expect(trees.importLayer(source, { ...expected, createdBy: 'test' })).rejects.toMatchObject({
        code: 'ARCHIVE_REFUSED',
      });
    }
    expect(await trees.list()).toEqual(before);
    expect(await createBlobStore(home).has(sha256(blob))).toBe(false);
  });

  it('sorts and cleans a root file system, whatever its order', async () => {
    const entries: RawEntry[] = [
      { name: './usr/b', content: 'b', mtime: epoch + 100 },
      { name: 'usr/a', type: '1', link: 'usr/b' },
      { name: '/etc/machine-id', content: 'abc' },
      { name: 'tmp/kept', content: 'shared' },
      { name: 'usr/z', type: '1', link: 'tmp/kept' },
      { name: 'dev/null', type: '3', device: [1, 3] },
      { name: 'usr/b-', content: 'first' },
      { name: 'usr/b-', content: 'last' },
    ];
    const importing = (list: RawEntry[]) =>
      trees.importRootfs(Readable.from([rawTar(list)], { objectMode: false }), options);
    const layer = await importing(entries);
    const lines = await listing(layer);
    expect(lines).toMatchInlineSnapshot(`
      [
        "drwxr-xr-x  0/0               0 2023-11-14 22:13:20 etc/",
        "-rw-r--r--  0/0               0 1970-01-01 00:00:00 etc/machine-id",
        "drwxr-xr-x  0/0               0 2023-11-14 22:13:20 tmp/",
        "drwxr-xr-x  0/0               0 2023-11-14 22:13:20 usr/",
        "-rw-r--r--  0/0               1 2023-11-14 22:13:20 usr/a",
        "hrw-r--r--  0/0               0 2023-11-14 22:13:20 usr/b link to usr/a",
        "-rw-r--r--  0/0               4 1970-01-01 00:00:00 usr/b-",
        "-rw-r--r--  0/0               6 1970-01-01 00:00:00 usr/z",
      ]
    `);
    const [a, b, ...rest] = entries as [RawEntry, RawEntry, ...RawEntry[]];
    expect((await importing([...rest, a, b])).diffId).toBe(layer.diffId);
    expect(await directory(layer)).toContain(home);
  });

  it('normalises capabilities', async () => {
    const v3 = Buffer.from('0100000300200000000000000000000000000000e9030000', 'hex');
    const tar = Buffer.concat([
      pax({ 'SCHILY.xattr.security.capability': v3 }, { name: 'ping', mode: 0o755 }),
      rawTar([]),
    ]);
    const layer = await trees.importRootfs(Readable.from([tar], { objectMode: false }), options);
    const flat = await buffer(await trees.flatten({ layers: [layer] }));
    expect(flat.includes(Buffer.from('0100000200200000000000000000000000000000', 'hex'))).toBe(true);
    expect(sha256(flat)).toBe(layer.diffId);
  });
});

describe('a stored layer', () => {
  it('is compressed anew once', async () => {
    const layer = await imported([{ name: 'x', content: 'y'.repeat(10_000) }]);
    const zstd = await trees.compressed(layer, 'zstd');
    expect(zstd).toMatchObject({
      diffId: layer.diffId,
      compression: 'zstd',
      unpackedSize: layer.unpackedSize,
    });
    expect(zstd.blob).not.toBe(layer.blob);
    expect(await trees.compressed(layer, 'zstd')).toEqual(zstd);
    expect(sha256(await buffer(await trees.open(zstd)))).toBe(layer.diffId);
    expect(await trees.compressed(layer, 'gzip')).toBe(layer);
  });

  it('is forgotten when it is removed', async () => {
    const layer = await imported([{ name: 'short-lived' }]);
    await directory(layer);
    expect((await trees.list()).map(({ diffId }) => diffId)).toContain(layer.diffId);
    await trees.remove(layer.diffId);
    expect(await trees.find(layer.diffId)).toBeUndefined();
    expect((await trees.list()).map(({ diffId }) => diffId)).not.toContain(layer.diffId);
  });

  it('may be unpacked by several at once', async () => {
    const layer = await imported([{ name: 'wanted', content: 'x' }]);
    const paths = await Promise.all([open(), open(), trees, trees].map((store) => directory(layer, store)));
    expect(new Set(paths).size).toBe(1);
  });
});

describe('the folder of a layer', () => {
  const unpackedFrom = {
    'a blob': () =>
      imported([
        { name: 'd/x', content: 'right' },
        { name: 'y', content: 'y' },
      ]),
    'what a machine changed': () =>
      adopted('mkdir d; printf right >d/x; printf y >y; chmod 755 d; chmod 644 d/x y'),
  };
  const changes = {
    'another byte': 'printf wrong >d/x',
    'another byte, with the old time': 'then=$(stat -c %y d/x); printf wrong >d/x; touch -d "$then" d/x',
    'a cut end': 'truncate -s 2 d/x',
    'another mode': 'chmod 4755 d/x',
    'another owner': 'chown 1:1 d/x',
    'an attribute': 'chmod 644 d/x',
    'one file more': 'touch more',
    'one file less': 'rm y',
    "two files in each other's place": 'mv y z; mv d/x y; mv z d/x',
    'no file': 'rm -r *',
  };
  for (const [origin, make] of Object.entries(unpackedFrom))
    it(`made of ${origin} is made anew once somebody changed it`, async () => {
      const layer = await make();
      const right = await directory(layer, open());
      for (const [what, change] of Object.entries(changes)) {
        await inNamespace(right, change);
        const store = open();
        const folder = await directory(layer, store);
        expect(store.repaired(), what).toEqual([layer.diffId]);
        expect(folder).toBe(right);
        expect(await inNamespace(folder, 'cat d/x y; stat -c "%a %u" d/x; ls'), what).toBe(
          'righty644 0\nd\ny\n',
        );
      }
      for (const name of ['seal', 'fs']) {
        await rm(join(right, '..', name), { recursive: true });
        expect(await inNamespace(await directory(layer, open()), 'cat d/x'), `no ${name}`).toBe('right');
      }
      const store = open();
      await directory(layer, store);
      expect(store.repaired()).toEqual([]);
      await store.removeDamaged();
      expect(await readdir(join(home, 'layers', 'damaged'))).toEqual([]);
    });

  it('that several find changed at once is made anew once', async () => {
    const layer = await imported([{ name: 'shared', content: 'right' }]);
    await inNamespace(await directory(layer, open()), 'echo wrong >shared');
    const stores = [open(), open(), open()];
    await Promise.all(stores.map((store) => directory(layer, store)));
    expect(stores.flatMap((store) => store.repaired())).toEqual([layer.diffId]);
  });
});

describe('a tree of many layers', () => {
  it('is flattened beyond what one line of mount options holds', async () => {
    const layers: Layer[] = [];
    for (let index = 0; index < 70; index++)
      layers.push(await imported([{ name: `l${index}`, content: 'x' }]));
    const flat = await buffer(await trees.flatten({ layers }));
    expect(await list(flat)).toHaveLength(70);
    expect(await list(await buffer(await trees.flatten({ layers: [] })))).toEqual(['']);
  });
});
