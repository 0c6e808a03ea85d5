import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readCheckedJson, writeCheckedJson } from './checked-json.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-checked-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const value = { name: 'x', list: [1, 2], absent: undefined };

it('gives back what was written, and nothing where nothing was', async () => {
  const path = join(folder, 'a', 'one.json');
  expect(await readCheckedJson(path)).toBeUndefined();
  await writeCheckedJson(path, value);
  expect(await readCheckedJson(path)).toEqual({ name: 'x', list: [1, 2] });
});

it('gives nothing where any byte was changed or the end is missing', async () => {
  const path = join(folder, 'one.json');
  await writeCheckedJson(path, value);
  const right = await readFile(path);
  for (let at = 0; at < right.length - 1; at++) {
    const wrong = Buffer.from(right);
    wrong[at] = (wrong[at] ?? 0) ^ 1;
    await writeFile(path, wrong);
    expect(await readCheckedJson(path), `byte ${at}`).toBeUndefined();
    await writeFile(path, right.subarray(0, at));
    expect(await readCheckedJson(path), `cut at ${at}`).toBeUndefined();
  }
});

it('gives nothing where a record lies in the place of another', async () => {
  const [one, other] = [join(folder, 'one.json'), join(folder, 'other.json')];
  await writeCheckedJson(one, value);
  await copyFile(one, other);
  expect(await readCheckedJson(other)).toBeUndefined();
});
