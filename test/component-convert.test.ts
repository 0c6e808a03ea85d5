import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gild, temporaryFolder } from './support/gild.ts';

let folder: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ path: folder, remove } = await temporaryFolder('convert'));
  await writeFile(join(folder, 'greet.sh'), '#!/bin/sh -e\n# Greets.\necho "hello $WHOM"\n');
});
afterAll(() => remove());

const component = (...args: string[]) => gild(folder, ['component', ...args], {}, { cwd: folder });

describe('gild component import', () => {
  it('writes a component that is valid, and does not overwrite one without being told', async () => {
    const first = await component('import', 'greet.sh', '-o', 'greet.yaml');
    expect(first).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('WHOM: read and never set') });
    expect((await component('validate', '--strict', '--deny-warnings', 'greet.yaml')).exitCode).toBe(0);
    const text = await readFile(join(folder, 'greet.yaml'), 'utf8');
    expect(await component('import', 'greet.sh', '-o', 'greet.yaml', '--name', 'other')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('greet.yaml exists.'),
    });
    expect(await readFile(join(folder, 'greet.yaml'), 'utf8')).toBe(text);
  });

  it('says so where there is no script', async () => {
    expect(await component('import', 'nowhere.sh')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('does not exist'),
    });
  });
});

describe('gild component export', () => {
  it('prints JSON that is the same component, and YAML of it again', async () => {
    const { stdout, exitCode } = await component('export', 'nginx', '--json');
    expect([exitCode, JSON.parse(stdout).name]).toEqual([0, 'nginx']);
    await writeFile(join(folder, 'nginx.json'), stdout);
    expect((await component('export', 'nginx.json', '--yaml')).stdout).toMatch(/^name: nginx\n/);
  });
});
