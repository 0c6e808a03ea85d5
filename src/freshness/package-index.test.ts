import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readVersions } from './package-index.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-index-'));
});
afterEach(() => rm(home, { recursive: true }));

const bytes = gzipSync(
  'Package: a\nArchitecture: amd64\nVersion: 1:2-3\nDescription: x\n Package: not this\n\nPackage: a\nVersion: 1\nArchitecture: amd64\n\nPackage: b\nArchitecture: all\nVersion: 2\n',
);
const file = (content: Buffer) => ({
  path: 'main/binary-amd64/Packages.gz',
  sha256: createHash('sha256').update(content).digest('hex'),
});

describe('an index of packages', () => {
  it('is fetched and read once', async () => {
    let fetched = 0;
    const fetch = async () => {
      fetched += 1;
      return bytes;
    };
    const expected = new Map([
      ['a amd64', ['1:2-3', '1']],
      ['b all', ['2']],
    ]);
    expect(await readVersions(home, file(bytes), fetch)).toEqual(expected);
    expect(await readVersions(home, file(bytes), fetch)).toEqual(expected);
    expect(fetched).toBe(1);
  });

  it('that is not what was signed is refused, and not kept', async () => {
    const read = () => readVersions(home, file(bytes), async () => gzipSync('Package: evil\n'));
    await expect(read()).rejects.toMatchObject({ code: 'DOWNLOAD_REFUSED' });
    await expect(read()).rejects.toMatchObject({ code: 'DOWNLOAD_REFUSED' });
  });

  it('that nobody asked for in a month makes room', async () => {
    await readVersions(home, file(bytes), async () => bytes);
    const folder = join(home, 'cache/archives');
    await writeFile(join(folder, 'old.versions'), '');
    await utimes(join(folder, 'old.versions'), 0, 0);
    const other = gzipSync('Package: c\nVersion: 1\nArchitecture: all\n');
    await readVersions(home, file(other), async () => other);
    expect((await readdir(folder)).sort()).toEqual(
      [file(bytes), file(other)].map(({ sha256 }) => `${sha256}.versions`).sort(),
    );
  });
});
