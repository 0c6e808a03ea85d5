import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gild, gildProgram, temporaryFolder } from '../../test/support/gild.ts';
import { output, runProcess } from '../support/process.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder('cli');
});
afterAll(() => folder.remove());

const run = (...args: string[]) => gild(folder.path, args);

describe('gild', () => {
  it('alone lists the commands by task', async () => {
    const { exitCode, stdout } = await run();
    expect(exitCode).toBe(0);
    expect(stdout.match(/^(Build|Look|Components|Host)$/gm)).toEqual(['Build', 'Look', 'Components', 'Host']);
  });

  it('knows its version', async () => {
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('prints the help of a command in both ways of asking', async () => {
    const [asked, told] = await Promise.all([run('help', 'build'), run('build', '--help')]);
    expect(asked).toEqual(told);
    expect(asked.exitCode).toBe(0);
    expect(asked.stdout).toContain('--on-error');
  });

  it.each([
    [['biuld'], 'Did you mean build?'],
    [['build'], "missing required argument 'recipe'"],
    [['build', 'x', '--progress', 'fancy'], 'Allowed choices are auto, tty, plain, json'],
    [['build', 'x', '--var', 'novalue'], 'Write it as name=value'],
    [['plan', '/nowhere/recipe.yaml'], 'RECIPE_NOT_FOUND'],
    [['component', 'show', 'ngnix'], 'Did you mean `nginx`?'],
  ])('refuses %j with exit code 2 and says why', async (args, why) => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect(stderr).toContain(why);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });
});

describe('gild validate', () => {
  it('prints every problem of every recipe and one line for each', async () => {
    const good = join(folder.path, 'good.yaml');
    const bad = join(folder.path, 'bad.yaml');
    await writeFile(good, 'name: good\nversion: 1.0.0\nbase: scratch\n');
    await writeFile(bad, 'name: bad\nversion: one\nbasee: scratch\n');
    const { exitCode, stdout, stderr } = await run('validate', good, bad);
    expect(stdout).toBe(`✔ ${good} is a valid recipe.\n✖ ${bad} has 2 problems.\n`);
    expect(stderr).toContain(`${bad}:2:`);
    expect(stderr).toContain(`${bad}:3:`);
    expect(exitCode).toBe(2);
  });

  it('prints the same as JSON', async () => {
    const bad = join(folder.path, 'worse.yaml');
    await writeFile(bad, 'name: bad\nversion: one\n');
    const { exitCode, stdout } = await run('validate', '--json', bad);
    expect(JSON.parse(stdout)).toMatchObject([{ file: bad, valid: false, problems: [{ line: 2 }] }]);
    expect(exitCode).toBe(2);
  });
});

describe('gild component', () => {
  it('lists the components that come with it, all of them valid', async () => {
    const { exitCode, stdout } = await run('component', 'list', '--json');
    expect(exitCode).toBe(0);
    const listed: { name: string; problem?: string }[] = JSON.parse(stdout);
    expect(listed.map(({ name }) => name)).toContain('nginx');
    expect(listed.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });

  it('checks many documents at once', async () => {
    const file = join(folder.path, 'broken.yaml');
    await writeFile(
      file,
      'schemaVersion: 1.0\nphases:\n  - name: build\n    steps:\n      - name: A\n        action: Nope\n',
    );
    const { exitCode, stderr } = await run('component', 'validate', file);
    expect(stderr).toContain(`${file}:`);
    expect(exitCode).toBe(2);
  });
});

describe('bin/gild.js', () => {
  const oldNode = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'18.20.0'}})`;

  it('says in one line that Node is too old', async () => {
    await mkdir(join(folder.path, 'alone/bin'), { recursive: true });
    await writeFile(join(folder.path, 'alone/package.json'), '{"type":"module"}');
    const program = join(folder.path, 'alone/bin/gild.js');
    await copyFile(gildProgram, program);
    const said: Buffer[] = [];
    const { exitCode } = await runProcess([process.execPath, '--import', oldNode, program, '--version'], {
      onStderr: (chunk) => said.push(chunk),
    });
    expect(Buffer.concat(said).toString()).toMatch(
      /^gild needs Node 22\.18 or later; this is Node 18\.20\.0, .*\n$/,
    );
    expect(exitCode).toBe(2);
  });

  it('goes on with the Node that the repository brings along', async () => {
    const version = await output([process.execPath, '--import', oldNode, gildProgram, '--version']);
    expect(version).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
