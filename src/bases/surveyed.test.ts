import { mkdtemp, open, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { surveyed } from './surveyed.ts';

let folder: string;
let path: string;
let surveys: number;
const later = () => Date.now() + 60_000;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-surveyed-'));
  path = join(folder, 'base.tar');
  surveys = 0;
  await writeFile(path, 'one');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** As it is found by somebody who comes when the file is old. */
async function find({ now = later, meanwhile = async () => {} } = {}): Promise<string> {
  const handle = await open(path);
  try {
    return await surveyed({ path, handle, home: join(folder, 'home'), now }, async () => {
      surveys++;
      const text = await handle.readFile('utf8');
      await meanwhile();
      return text;
    });
  } finally {
    await handle.close();
  }
}

describe('what is known of a file', () => {
  it('is found out once', async () => {
    expect([await find(), await find()]).toEqual(['one', 'one']);
    expect(surveys).toBe(1);
  });

  it('is found out again when it was written to, whatever its date is set to', async () => {
    const { atime, mtime } = await stat(path);
    await find();
    await writeFile(path, 'two');
    await utimes(path, atime, mtime);
    expect(await find()).toBe('two');
  });

  it('is found out again when another file took its place', async () => {
    await find();
    await writeFile(join(folder, 'other'), 'two');
    await rename(join(folder, 'other'), path);
    expect(await find()).toBe('two');
  });

  it('is not remembered of a file that changed a moment ago, or is changing', async () => {
    const { ctimeMs } = await stat(path);
    await find({ now: () => ctimeMs + 1 });
    await find({ meanwhile: () => writeFile(path, 'two') });
    expect(await find()).toBe('two');
    expect(surveys).toBe(3);
  });

  it('is found out again when the record of it is torn', async () => {
    await find();
    const record = join(folder, 'home', 'cache', 'surveys');
    for (const name of await readdir(record)) await writeFile(join(record, name), '{"look":');
    expect(await find()).toBe('one');
    expect(surveys).toBe(2);
  });
});
