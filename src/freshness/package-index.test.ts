import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IndexFile, plainIndex, readFiles, readVersions } from './package-index.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-index-'));
});
afterEach(() => rm(home, { recursive: true }));

const bytes = gzipSync(
  'Package: a\nArchitecture: amd64\nVersion: 1:2-3\nDescription: x\n Package: not this\n\nPackage: a\nVersion: 1\nArchitecture: amd64\n\nPackage: b\nArchitecture: all\nVersion: 2\n',
);
const hash = (content: Buffer) => createHash('sha256').update(content).digest('hex');
const file = (content: Buffer) => ({ path: 'main/binary-amd64/Packages.gz', sha256: hash(content) });

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

  it('is found in the form that apt has, and kept under the name of the one that is fetched', async () => {
    const [packed, plain] = [hash(bytes), hash(gunzipSync(bytes))];
    const folder = 'main/binary-amd64';
    const release = `SHA256:\n ${packed} 1 ${folder}/Packages.gz\n ${plain} 1 ${folder}/Packages\n`;
    const found = plainIndex(release, folder);
    expect(found).toEqual({ path: `${folder}/Packages`, sha256: plain, keptAs: packed });
    await readFiles(home, found as IndexFile, async () => gunzipSync(bytes));
    expect(await readVersions(home, file(bytes), () => Promise.reject(new Error('fetched')))).toHaveProperty(
      'size',
      2,
    );
    expect(plainIndex(release, 'contrib/binary-amd64')).toBeUndefined();
  });

  it('has the size, hash and place of each package', async () => {
    const stanza = `Package: a\nArchitecture: amd64\nVersion: 1\nFilename: pool/a.deb\nSize: 7\nSHA256: ${hash(bytes)}\n`;
    expect(await readFiles(home, file(gzipSync(stanza)), async () => gzipSync(stanza))).toBe(
      `a amd64 1 7 ${hash(bytes)} pool/a.deb`,
    );
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
    const kept = (await readdir(folder)).map((name) => name.split('.')[0]);
    expect(new Set(kept)).toEqual(new Set([file(bytes).sha256, file(other).sha256]));
  });
});
