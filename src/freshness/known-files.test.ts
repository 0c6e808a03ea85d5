import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { knownFiles } from './known-files.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-files-'));
  await mkdir(join(home, 'cache/archives'), { recursive: true });
});
afterEach(() => rm(home, { recursive: true }));

const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
const keep = (name: string, ...lines: string[]) =>
  writeFile(join(home, 'cache/archives', `${name}.files`), lines.join('\n'));
const look = (name: string, version = '1') => knownFiles(home, [{ name, version, architecture: 'amd64' }]);
const file = (sha256: string, path: string) => [{ size: 7, sha256, path }];

it('knows what an index has, of this version alone', async () => {
  await keep('first', `lib amd64 1 7 ${a} pool/lib.deb`, `tool amd64 1 7 ${b} pool/tool.deb`);
  expect(await look('lib')).toEqual(file(a, 'pool/lib.deb'));
  expect(await look('tool')).toEqual(file(b, 'pool/tool.deb'));
  expect(await look('tool', '1 7')).toEqual([undefined]);
  expect(await look('ool')).toEqual([undefined]);
});

it('does not choose where two indexes differ', async () => {
  await keep('first', `lib amd64 1 7 ${a} pool/lib.deb`, `tool amd64 1 7 ${a} pool/tool.deb`);
  await keep('second', `lib amd64 1 7 ${b} pool/lib.deb`, `tool amd64 1 7 ${a} pool/tool.deb`);
  expect(await look('lib')).toEqual([undefined]);
  expect(await look('tool')).toEqual(file(a, 'pool/tool.deb'));
});

it('knows nothing without an index', async () => {
  expect(await look('lib')).toEqual([undefined]);
  expect(await knownFiles(home, [])).toEqual([]);
});
