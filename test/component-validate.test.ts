import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gild } from './support/gild.ts';

const careless = `schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: Install
        action: ExecuteBash
        inputs:
          commands:
            - sudo apt-get install nginx
`;
const fine = careless.replace('sudo apt-get install', 'apt-get install -y');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-validate-'));
  await mkdir(join(folder, 'given/deep/er'), { recursive: true });
  await writeFile(join(folder, 'given/careless.yaml'), careless);
  await writeFile(join(folder, 'given/deep/fine.yml'), fine);
  await writeFile(join(folder, 'given/deep/er/wrong.yml'), fine.replace('ExecuteBash', 'ExecuteBahs'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const validate = (...args: string[]) => gild(folder, ['component', 'validate', ...args]);

describe('gild component validate', () => {
  it('warns of what is likely to be a mistake, with its place, and exits 0', async () => {
    const { exitCode, stderr, stdout } = await validate(join(folder, 'given/careless.yaml'));
    expect(exitCode).toBe(0);
    expect(stdout).toContain('careless.yaml is a valid component.');
    expect(stderr).toContain('warning package-prompt: ');
    expect(stderr).toContain('careless.yaml:9:20');
  });

  it('exits 2 for warnings where they are denied, and says nothing of them where they are not wanted', async () => {
    const file = join(folder, 'given/careless.yaml');
    expect((await validate('--deny-warnings', file)).exitCode).toBe(2);
    expect(await validate('--no-lint', '--deny-warnings', file)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('takes patterns, and lists every file in JSON with what a fix would do', async () => {
    const { exitCode, stdout } = await validate('--json', join(folder, 'given/**/*.y{a,}ml'));
    expect(exitCode).toBe(2);
    const results = JSON.parse(stdout);
    expect(results.map(({ valid }: { valid: boolean }) => valid)).toEqual([true, false, true]);
    expect(results[0].warnings).toContainEqual(
      expect.objectContaining({
        code: 'package-prompt',
        line: 9,
        column: 20,
        fix: { title: 'Add `-y`', safe: true },
      }),
    );
  });

  it('says so where nothing matches', async () => {
    const { exitCode, stderr } = await validate(join(folder, 'no-*.yaml'));
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('Nothing matches')]);
  });

  it('says which systems a document fits, and refuses one that does not fit the system asked for', async () => {
    const file = join(folder, 'given/deep/fine.yml');
    expect((await validate('--os', 'all', file)).stdout).toContain('is a valid component for Linux, macOS.');
    expect((await validate('--os', 'linux', file)).exitCode).toBe(0);
    const { exitCode, stderr } = await validate('--os', 'windows', file);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('ExecuteBash works on Linux and macOS only, not on Windows.');
    expect(stderr).toContain('fine.yml:6:17');
  });

  it('refuses a document that fits no system', async () => {
    const windows = "      - {name: Other, action: InstallMSI, inputs: {path: 'C:\\app.msi'}}\n";
    const file = join(folder, 'torn.yaml');
    await writeFile(file, fine + windows);
    expect((await validate(file)).exitCode).toBe(0);
    expect((await validate('--os', 'all', file)).exitCode).toBe(2);
  });

  it('mends a file in place', async () => {
    const file = join(folder, 'mended.yaml');
    await writeFile(file, careless);
    const { exitCode, stderr } = await validate('--fix', '--deny-warnings', file);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('Remove `sudo`')]);
    expect(await readFile(file, 'utf8')).toBe(fine);
  });

  it('refuses with --strict what AWS would not read', async () => {
    const file = join(folder, 'own.yaml');
    await writeFile(file, fine.replace('schemaVersion: 1.0', 'schemaVersion: 1.0\nowner: me'));
    expect((await validate(file)).exitCode).toBe(0);
    const { exitCode, stderr } = await validate('--strict', file);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('`owner` of a document')]);
  });
});
