import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referencePages } from '../scripts/docs/pages.ts';

const folder = join(import.meta.dirname, '../docs/reference');
const pages = await referencePages();

describe('docs/reference', () => {
  it.each([...pages])('%s is what the code makes it; `npm run docs` writes it anew', async (name, text) => {
    expect(await readFile(join(folder, name), 'utf8')).toBe(text);
  });

  it('holds no page that the code does not make', async () => {
    expect((await readdir(folder)).sort()).toEqual([...pages.keys()].sort());
  });

  it('names no path of the machine that it was made on', () => {
    const root = join(import.meta.dirname, '..');
    expect([...pages].filter(([, text]) => text.includes(root))).toEqual([]);
  });
});
