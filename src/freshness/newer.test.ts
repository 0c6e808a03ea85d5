import { describe, expect, it } from 'vitest';
import type { SuiteState } from './archive.ts';
import { newerPackages } from './newer.ts';
import { findIndex } from './package-index.ts';

const suite = (name: string, packages: Record<string, string[]>): SuiteState => ({
  suite: name,
  isSecurity: name.endsWith('-security'),
  versions: [new Map(Object.entries(packages))],
});
const installed = (name: string, version: string, architecture = 'amd64') => ({
  name,
  version,
  architecture,
});

describe('newer packages', () => {
  it('are the newest of all suites, of the same architecture', () => {
    const suites = [
      suite('stable', { 'a amd64': ['1.0-1'], 'a i386': ['9'] }),
      suite('updates', { 'a amd64': ['1.0-3', '1.0-2'] }),
    ];
    expect(newerPackages([installed('a', '1.0-1')], suites)).toMatchObject([
      { name: 'a', installed: '1.0-1', newest: '1.0-3', suite: 'updates', isSecurity: false },
    ]);
  });

  it('are urgent where a fix lies between, though the newest comes from elsewhere', () => {
    const suites = [suite('s-security', { 'a amd64': ['1.0-2'] }), suite('s', { 'a amd64': ['1.0-3'] })];
    expect(newerPackages([installed('a', '1.0-1')], suites)).toMatchObject([
      { newest: '1.0-3', isSecurity: true },
    ]);
    expect(newerPackages([installed('a', '1.0-2')], suites)).toMatchObject([{ isSecurity: false }]);
  });

  it('are not those that the image has newer, or that no archive has', () => {
    const suites = [suite('s', { 'a amd64': ['1.0~rc1'] })];
    expect(newerPackages([installed('a', '1.0'), installed('own', '1')], suites)).toEqual([]);
  });
});

describe('the index of a component', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(64));
  const release = `MD5Sum:
 00000000000000000000000000000000 5 main/binary-amd64/Packages.gz
SHA256:
 ${a} 100 main/binary-amd64/Packages
 ${b} 50 main/binary-amd64/Packages.xz
 ${c} 50 other/binary-amd64/Packages
`;

  it('is the packed one, which mirrors have', () => {
    expect(findIndex(release, 'main', 'amd64')).toEqual({ path: 'main/binary-amd64/Packages.xz', sha256: b });
    expect(findIndex(release, 'other', 'amd64')?.sha256).toBe(c);
    expect(findIndex(release, 'main', 'arm64')).toBeUndefined();
  });
});
