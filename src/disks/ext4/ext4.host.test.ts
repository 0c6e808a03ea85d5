import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, readFile, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { output, runProcess } from '../../support/process.ts';
import { impliedDirectory, type TarEntry, type TarSink } from '../../support/tar/entry.ts';
import { createTarReader } from '../../support/tar/reader.ts';
import { largeSparseTree, type Member, oddTrees } from '../testing/odd-trees.ts';
import { testOptions, writeTree } from '../testing/write-tree.ts';

/** What must be equal: all of an entry but where it stood in an archive, and its content by digest. */
type Found = Map<string, unknown>;

let scratch: string;
let image: string;
let mounted: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'gild-ext4-'));
  image = join(scratch, 'image');
  mounted = join(scratch, 'mounted');
  await mkdir(mounted);
});
afterEach(async () => {
  await runProcess(['umount', mounted]);
  await rm(image, { force: true });
});
afterAll(() => rm(scratch, { recursive: true }));

describe('an ext4 file system', () => {
  it.each(Object.keys(oddTrees))('is sound, and the kernel finds in it what was put in: %s', async (name) => {
    const members = oddTrees[name]?.() ?? [];
    await writeTree(image, members);
    await output(['e2fsck', '-fn', image]);
    await output(['mount', '-o', 'loop,ro', image, mounted]);
    expect(await readMounted()).toEqual(expected(members));
  });

  it('holds a file of more than 4 GiB in a few blocks, and two names of one device', async () => {
    const { extents } = await writeTree(image, largeSparseTree());
    await output(['e2fsck', '-fn', image]);
    await output(['mount', '-o', 'loop,ro', image, mounted]);
    const large = await open(join(mounted, 'large'));
    const { size, blocks } = await large.stat();
    const { buffer } = await large.read(Buffer.alloc(16), 0, 11, size - 11);
    await large.close();
    expect({ size, blocks }).toEqual({ size: 4 * 1024 ** 3 + 1, blocks: 24 });
    expect(buffer.readUIntBE(0, 5)).toBe(0);
    expect(buffer.readUIntBE(5, 6)).not.toBe(0);
    expect(extents.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(2 * 1024 ** 2);
    const [one, two] = await Promise.all(['null', 'null-too'].map((name) => stat(join(mounted, name))));
    expect([one?.ino, one?.nlink]).toEqual([two?.ino, 2]);
  });

  it('is the same from one run to the next', async () => {
    const members = oddTrees['an access list, a capability and an attribute']?.() ?? [];
    const digests = [];
    for (const run of [1, 2]) {
      await writeTree(`${image}-${run}`, members);
      digests.push(
        createHash('sha256')
          .update(await readFile(`${image}-${run}`))
          .digest('hex'),
      );
      await rm(`${image}-${run}`);
    }
    expect(digests[1]).toBe(digests[0]);
  });

  it('has the size that was asked for, or says how much it would need', async () => {
    const members = oddTrees['a file longer than an extent']?.() ?? [];
    const fixed = (mebibytes: number) => ({
      ...testOptions,
      size: { kind: 'fixed', bytes: mebibytes * 1024 ** 2 } as const,
    });
    for (const mebibytes of [160, 500, 9000]) {
      const { size } = await writeTree(image, members, fixed(mebibytes));
      expect(size).toBe(mebibytes * 1024 ** 2);
      await output(['e2fsck', '-fn', image]);
      await rm(image);
    }
    await expect(writeTree(image, members, fixed(100))).rejects.toMatchObject({
      code: 'DISK_TOO_SMALL',
      message: expect.stringMatching(/of 100 MiB: it needs 14\d MiB/),
    });
  });

  it('can grow', async () => {
    const members = oddTrees['twenty thousand small files']?.() ?? [];
    await writeTree(image, members);
    await output(['resize2fs', image, '4G']);
    await output(['e2fsck', '-fn', image]);
    await output(['mount', '-o', 'loop,ro', image, mounted]);
    expect(await readMounted()).toEqual(expected(members));
    expect((await statfs(mounted)).blocks * 4096).toBeGreaterThan(3.8 * 1024 ** 3);
  });
});

function expected(members: readonly Member[]): Found {
  const collector = createCollector();
  for (const path of ['', 'lost+found']) {
    collector.sink.entry({
      ...impliedDirectory(path, testOptions.epoch, 0),
      mode: path === '' ? 0o755 : 0o700,
    });
  }
  const named = new Set(members.map(({ entry }) => entry.path));
  for (const { entry, content } of members) {
    const parts = entry.path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join('/');
      if (!named.has(parent)) collector.sink.entry(impliedDirectory(parent, testOptions.epoch, 0));
    }
    collector.sink.entry(entry);
    for (const piece of content) collector.sink.data(typeof piece === 'number' ? Buffer.alloc(piece) : piece);
  }
  return collector.found();
}

async function readMounted(): Promise<Found> {
  const { sink, found } = createCollector();
  const reader = createTarReader(sink);
  const attributes = ['--xattrs', '--xattrs-include=*', '--numeric-owner', '--sort=name', '--format=posix'];
  const { exitCode } = await runProcess(
    ['tar', '--create', '--file=-', `--directory=${mounted}`, ...attributes, '.'],
    {
      readStdout: (stdout) =>
        pipeline(stdout, async (chunks) => {
          for await (const chunk of chunks) reader.push(chunk as Buffer);
        }),
    },
  );
  expect(exitCode).toBe(0);
  return found();
}

function createCollector(): { sink: TarSink; found: () => Found } {
  const entries = new Map<string, TarEntry>();
  const digests = new Map<string, ReturnType<typeof createHash>>();
  let current = '';
  return {
    sink: {
      entry(entry) {
        current = relative(entry.path);
        const target = entry.type === 'link' ? relative(entry.target) : entry.target;
        entries.set(current, { ...entry, path: current, target });
        digests.set(current, createHash('sha256'));
      },
      data: (bytes) => void digests.get(current)?.update(bytes),
      end: () => undefined,
    },
    found: () => {
      const all: Found = new Map();
      for (const [path, entry] of entries) {
        const { offset, contentAt, ...kept } = entry;
        const first = entry.type === 'link' ? entries.get(entry.target) : undefined;
        const shared = first && {
          mode: first.mode,
          uid: first.uid,
          gid: first.gid,
          mtime: first.mtime,
          xattrs: [],
        };
        const xattrs = [...entry.xattrs].sort(([a], [b]) => (a < b ? -1 : 1));
        all.set(path, { ...kept, xattrs, ...shared, content: digests.get(path)?.digest('hex') });
      }
      return all;
    },
  };
}

function relative(path: string): string {
  return path.replace(/^\.?\/+|\/+$|^\.$/g, '');
}
