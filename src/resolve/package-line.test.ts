import { describe, expect, it } from 'vitest';
import { packageName } from '../support/packages/package-name.ts';
import { packageLine, readPackageLine } from './package-line.ts';

const item = { name: 'libstdc++6', version: '1:12.2.0-14+deb12u1~x', architecture: 'amd64' };
const file = {
  sha256: 'a'.repeat(64),
  size: 613_212,
  path: 'pool/main/g/gcc-12/libstdc++6_12.2.0-14_amd64.deb',
};

describe('a line of a package', () => {
  it('is read as it was written', () => {
    const line = packageLine(item, file);
    expect(line.startsWith(`${packageName(item)} sha256:aaaa`)).toBe(true);
    expect(readPackageLine(line)).toEqual({ ...item, ...file });
  });

  it('has what is known, and is not read as more', () => {
    expect(readPackageLine(packageLine(item, undefined))).toBeUndefined();
    const odd = packageLine(item, { ...file, path: '' });
    expect(odd).toBe(`${packageName(item)} sha256:${file.sha256}`);
    expect(readPackageLine(odd)).toBeUndefined();
  });

  it.each([
    '../a.deb',
    'pool/../a.deb',
    './a.deb',
    '/a.deb',
    'pool//a.deb',
    'pool/a',
    'http://x/a.deb',
    'a.deb?x',
  ])('does not lead to %s', (path) =>
    expect(readPackageLine(`lib 1 amd64 sha256:${file.sha256} 1 ${path}`)).toBeUndefined(),
  );
});
