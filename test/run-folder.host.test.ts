import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkspace, type Workspace } from './support/workspace.ts';

/** Documents of ours and, in a folder beside each, what a run of it leaves; `vitest -u` writes them anew. */
const goldens = join(import.meta.dirname, 'run-folders');
const options: Readonly<Record<string, readonly string[]>> = {
  parameters: ['--parameters', 'Whom=world'],
  phases: ['--phases', 'cleanup'],
};
const failing = ['abort', 'continue'];
const executionId = '11111111-2222-3333-4444-555555555555';
const documents = (await readdir(goldens)).filter((name) => name.endsWith('.yaml'));

let work: Workspace;
beforeAll(async () => {
  work = await openWorkspace('run-folder');
});
afterAll(() => work.remove());

const run = (document: string, ...args: readonly string[]) =>
  work.gild(['component', 'run', document, '--base', 'rootfs:./base.tar', '--network', 'off', ...args]);

describe('the run folder of', () => {
  it.each(documents)('%s is what it always was', async (file) => {
    const name = file.replace('.yaml', '');
    const text = await readFile(join(goldens, file), 'utf8');
    await work.write(file, text);
    const logs = join(work.folder, `logs-${name}`);
    const { exitCode, stdout } = await run(file, '-l', logs, '-i', executionId, ...(options[name] ?? []));
    expect(exitCode).toBe(failing.includes(name) ? 1 : 0);
    const [folder = '', ...others] = await readdir(logs);
    expect(others).toEqual([]);
    expect(folder).toMatch(
      new RegExp(`^TOE_\\d{4}-\\d\\d-\\d\\d_\\d\\d-\\d\\d-\\d\\d_UTC-0_${executionId}$`),
    );
    expect((await readdir(join(logs, folder))).sort()).toEqual(
      [`D0__${file}`, 'application.log', 'chaining.json', 'console.log', 'detailedoutput.json'].sort(),
    );
    expect(await readFile(join(logs, folder, `D0__${file}`), 'utf8')).toBe(text);
    for (const part of ['chaining.json', 'console.log', 'detailedoutput.json', 'application.log']) {
      const found = await readFile(join(logs, folder, part), 'utf8');
      await expect(normal(found)).toMatchFileSnapshot(join(goldens, name, part));
    }
    const last = stdout.trim().split('\n').at(-1) ?? '';
    await expect(`${normal(last)}\n`).toMatchFileSnapshot(join(goldens, name, 'stdout.json'));
  });
});

describe('gild component run', () => {
  it('runs several documents on one machine, one after the other, with a file of settings', async () => {
    await work.write('one.yaml', document('one', 'echo from-one > /mark'));
    await work.write('two.yaml', document('two', 'test "$(cat /mark)" = from-one && echo "{{ Word }}"'));
    const parameters = [{ name: 'Word', value: 'said' }];
    const config = {
      documents: [{ path: 'one.yaml' }, { path: 'two.yaml', parameters }],
      phases: 'build',
      trace: true,
    };
    await work.write('run.json', JSON.stringify({ ...config, cwLogGroup: 'x' }));
    const { exitCode, stdout, stderr } = await work.gild([
      'component',
      'run',
      '-c',
      'run.json',
      '--base',
      'rootfs:./base.tar',
      '--network',
      'off',
    ]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('`cwLogGroup` has no meaning here');
    expect(stderr).toContain('[component/two/build/Step] said');
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'success',
      executedStepCount: 2,
      failedStepCount: 0,
      logUrl: '',
    });
  });

  it('stops at the document that fails, and says how to come to the same failure', async () => {
    await work.write('bad.yaml', document('bad', 'echo broken >&2; exit 5'));
    await work.write('never.yaml', document('never', 'echo never'));
    const { exitCode, stdout, stderr } = await run(
      'bad.yaml,never.yaml'.split(',')[0] ?? '',
      '-d',
      'never.yaml',
      '-p',
      'build',
      '--parameters',
      'Word=a b',
    );
    expect(exitCode).toBe(1);
    expect(stderr).not.toContain('component/never');
    expect(stderr).toMatch(/exit code +5\n/);
    expect(stderr).toMatch(/last lines +. broken\n/);
    expect(stderr).toContain(
      "again        gild component run bad.yaml --phases build --parameters 'Word=a b' --base rootfs:./base.tar --network off\n",
    );
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'failed',
      failureMessage: 'Document bad.yaml failed!',
    });
  });

  it.each([
    [['nowhere.yaml'], 'does not exist'],
    [[], 'No document is named.'],
    [['one.yaml', '-p', 'biuld'], 'Did you mean `build`?'],
    [['one.yaml', '--parameters', 'Word='], 'The value of Word is empty.'],
    [['-c', 'nowhere.json'], 'cannot be read'],
  ])('refuses %j before anything runs, and leaves nothing', async (args, message) => {
    await work.write('one.yaml', document('one', 'true'));
    const logs = join(work.folder, 'refused');
    const { exitCode, stderr, stdout } = await work.gild(['component', 'run', ...args, '-l', logs]);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(await readdir(logs).catch(() => [])).toEqual([]);
  });
});

function document(name: string, command: string): string {
  return JSON.stringify({
    name,
    schemaVersion: 1.0,
    parameters: [{ Word: { type: 'string', default: 'word' } }],
    phases: [
      { name: 'build', steps: [{ name: 'Step', action: 'ExecuteBash', inputs: { commands: [command] } }] },
    ],
  });
}

/** Times become one time, folders none; what came over two streams at once has no order of its own. */
function normal(text: string): string {
  return text
    .replaceAll(
      /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g,
      (_, part = '') => `2026-01-01T00:00:00${part.replaceAll(/\d/g, '0')}Z`,
    )
    .replaceAll(/TOE_[\d-]+_[\d-]+_/g, 'TOE_2026-01-01_00-00-00_')
    .replaceAll(/^.* The image has no bash; sh runs the scripts\.\n/gm, '')
    .replaceAll(/(?:^\S+ (?:Stdout|CmdExecution: Stderr): .*\n)+/gm, (lines) => {
      const isError = (line: string) => line.includes(' CmdExecution: Stderr: ');
      const all = lines.split(/(?<=\n)/);
      return [...all.filter((line) => !isError(line)), ...all.filter(isError)].join('');
    })
    .replaceAll(`${work.folder}/`, '');
}
