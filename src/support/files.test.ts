import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBeginning, writeAtomically } from './files.ts';
import { output } from './process.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('readBeginning', () => {
  it('reads a file up to the limit', async () => {
    const path = join(folder, 'text');
    await writeFile(path, 'abcdef');
    expect((await readBeginning(path, 100)).toString()).toBe('abcdef');
    expect((await readBeginning(path, 3)).toString()).toBe('abc');
  });

  it('refuses at once what could keep it waiting, or never end', async () => {
    await output(['mkfifo', join(folder, 'pipe')]);
    for (const path of [join(folder, 'pipe'), '/dev/zero']) {
      await expect(readBeginning(path, 10)).rejects.toMatchObject({ code: 'ENOTFILE' });
    }
    await expect(readBeginning(folder, 10)).rejects.toMatchObject({ code: 'EISDIR' });
    await expect(readBeginning(join(folder, 'none'), 10)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('writeAtomically', () => {
  it('makes the folders, and sets the mode', async () => {
    const path = join(folder, 'a/b/file');
    await writeAtomically(path, 'one', 0o600);
    await writeAtomically(path, 'two', 0o600);
    expect(await readFile(path, 'utf8')).toBe('two');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});
