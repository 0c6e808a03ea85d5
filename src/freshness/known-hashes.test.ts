import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { knownHashes } from './known-hashes.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-hashes-'));
  await mkdir(join(home, 'cache/archives'), { recursive: true });
});
afterEach(() => rm(home, { recursive: true }));

const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
const keep = (name: string, ...lines: string[]) =>
  writeFile(join(home, 'cache/archives', `${name}.digests`), lines.join('\n'));
const look = (name: string, version = '1') => knownHashes(home, [{ name, version, architecture: 'amd64' }]);

it('knows what an index has, of this version alone', async () => {
  await keep('first', `lib amd64 1 7 ${a}`, `tool amd64 1 7 ${b}`);
  expect(await look('lib')).toEqual([a]);
  expect(await look('tool')).toEqual([b]);
  expect(await look('tool', '1 7')).toEqual([undefined]);
  expect(await look('ool')).toEqual([undefined]);
});

it('does not choose where two indexes differ', async () => {
  await keep('first', `lib amd64 1 7 ${a}`, `tool amd64 1 7 ${a}`);
  await keep('second', `lib amd64 1 7 ${b}`, `tool amd64 1 7 ${a}`);
  expect(await look('lib')).toEqual([undefined]);
  expect(await look('tool')).toEqual([a]);
});

it('knows nothing without an index', async () => {
  expect(await look('lib')).toEqual([undefined]);
  expect(await knownHashes(home, [])).toEqual([]);
});
