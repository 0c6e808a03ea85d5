import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRawDisk } from './raw.ts';
import { bytesAt } from './testing/sample-disk.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-raw-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A sparse file of `size` bytes with `text` at each place. */
async function sparse(name: string, size: number, pieces: Readonly<Record<number, string>>): Promise<string> {
  const path = join(folder, name);
  const file = await open(path, 'w');
  await file.truncate(size);
  for (const [at, text] of Object.entries(pieces)) await file.write(text, Number(at));
  await file.close();
  return path;
}

describe('a raw disk', () => {
  it('knows which blocks hold something', async () => {
    const path = await sparse('holes', 3 * 1024 ** 2 + 512, {
      0: 'boot',
      8191: 'xy',
      [2 * 1024 ** 2 - 1]: 'ab',
      [3 * 1024 ** 2]: 'end',
    });
    const disk = await openRawDisk(path);
    expect(disk.size).toBe(3 * 1024 ** 2 + 512);
    expect(disk.extents).toEqual([
      { offset: 0, length: 3 * 4096 },
      { offset: 2 * 1024 ** 2 - 4096, length: 2 * 4096 },
      { offset: 3 * 1024 ** 2, length: 512 },
    ]);
    expect((await bytesAt(disk, 8190, 4)).toString()).toBe('\0xy\0');
    await disk.close();
  });

  it('has no extents where nothing was written', async () => {
    const disk = await openRawDisk(await sparse('empty', 1024 ** 2, {}));
    expect(disk.extents).toEqual([]);
    await expect(bytesAt(disk, 1024 ** 2 - 1, 2)).rejects.toThrow('ends before byte');
    await disk.close();
  });

  it('refuses a file that cannot be one', async () => {
    const path = join(folder, 'odd');
    await writeFile(path, 'not a disk');
    await expect(openRawDisk(path)).rejects.toMatchObject({
      code: 'DISK_INVALID',
      message: expect.stringContaining('10 bytes'),
    });
  });
});
