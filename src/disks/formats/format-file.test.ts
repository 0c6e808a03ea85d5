import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFormatFile } from './format-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-format-file-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('holds what was appended, skipped and filled in, and knows its digest', async () => {
  for (const reserveFirst of [false, true]) {
    const file = await createFormatFile(join(folder, `mixed-${reserveFirst}`));
    const parts: Buffer[] = [];
    if (reserveFirst) {
      expect(await file.reserve(8)).toBe(0);
      parts.push(Buffer.from('reserved'));
    }
    for (const size of [3, 2 * 1024 * 1024, 700_000]) {
      const bytes = Buffer.alloc(size, size % 251);
      expect(await file.append(bytes)).toBe(Buffer.concat(parts).length);
      await file.skip(100_000);
      parts.push(bytes, Buffer.alloc(100_000));
    }
    if (reserveFirst) await file.fill(0, Buffer.from('reserved'));
    const expected = Buffer.concat(parts);
    const finished = await file.finish();
    expect(Buffer.compare(await readFile(finished.path), expected)).toBe(0);
    expect(finished.size).toBe(expected.length);
    expect(finished.digest).toBe(`sha256:${createHash('sha256').update(expected).digest('hex')}`);
  }
});

it('has taken what it got once it says so', async () => {
  const file = await createFormatFile(join(folder, 'taken'));
  const memory = Buffer.alloc(3 * 1024 * 1024);
  const parts: Buffer[] = [];
  for (const [number, size] of [100_000, memory.length, 900_000, 200_000, 1024 * 1024].entries()) {
    const bytes = memory.subarray(0, size).fill(number + 1);
    parts.push(Buffer.from(bytes));
    await file.append(bytes);
  }
  const { path, digest } = await file.finish();
  const expected = Buffer.concat(parts);
  expect(Buffer.compare(await readFile(path), expected)).toBe(0);
  expect(digest).toBe(`sha256:${createHash('sha256').update(expected).digest('hex')}`);
});

it('takes no space for what was skipped', async () => {
  const file = await createFormatFile(join(folder, 'sparse'));
  await file.skip(64 * 1024 * 1024);
  const { path } = await file.finish();
  const { size, blocks } = await stat(path);
  expect(size).toBe(64 * 1024 * 1024);
  expect(blocks * 512).toBeLessThan(1024 * 1024);
});

it('ends at a file that is there already, and leaves it alone', async () => {
  const path = join(folder, 'twice');
  const file = await createFormatFile(path);
  await file.append(Buffer.from('first'));
  await file.finish();
  await expect(createFormatFile(path)).rejects.toThrow('EEXIST');
  expect(await readFile(path, 'utf8')).toBe('first');
});
