import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { output, runProcess } from '../src/support/process.ts';
import type { Said } from './support/gild.ts';
import { openWorkspace, script, smallRecipe, type Workspace } from './support/workspace.ts';

const token = 'tok-5b1f2e9c7d3a';
let space: Workspace;

beforeAll(async () => {
  space = await openWorkspace('build');
});
afterAll(() => space.remove());

describe('gild build', () => {
  it('takes a recipe through everything, from variables to reports', async () => {
    await space.write('site/index.html', '<h1>hi</h1>\n');
    await space.write('site/deep/page.html', 'deep\n');
    await space.write(
      'everything.json',
      smallRecipe({
        name: 'everything',
        variables: { greeting: 'hello', password: { default: 'change-me-please', sensitive: true } },
        secrets: { token: { env: 'GILD_TEST_TOKEN' } },
        files: [
          // biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is how recipes name variables.
          {
            content: 'greeting=${var.greeting}\nprice=$${var.greeting}\n',
            to: '/etc/app.conf',
            owner: 'app',
            group: 'app',
            mode: '0640',
          },
          { from: 'site/', to: '/srv/site', owner: 'app' },
        ],
        components: [
          {
            name: 'uses-secret',
            steps: [
              { run: `test "$(cat /run/secrets/token)" = ${token.slice(0, 4)}${token.slice(4)} || exit 9` },
              { run: 'cat /run/secrets/token; base64 /run/secrets/token; echo "${var.password}"' },
              { run: 'echo this is ignored; exit 3', onFailure: 'Ignore' },
              {
                run: 'n=$(cat /tries 2>/dev/null || echo 0); echo $((n + 1)) > /tries; test $n -ge 2',
                maxAttempts: 3,
              },
              { run: 'exit 7', if: { fileExists: '/etc/nothing' } },
              { run: 'echo {{ loop.value }} >> /etc/loop', loop: { forEach: ['a', 'b'] } },
            ],
          },
          script('rm /tries; echo later > /etc/later', 'later'),
        ],
        tests: [
          {
            name: 'config is private',
            type: 'file',
            path: '/etc/app.conf',
            mode: '0640',
            owner: 'app',
            group: 'app',
            contains: ['greeting=good day', 'price=$${var.greeting}'],
          },
          // biome-ignore-end lint/suspicious/noTemplateCurlyInString: that is how recipes name variables.
          { name: 'folders are copied', type: 'file', path: '/srv/site/deep/page.html', owner: 'app' },
          { name: 'a step loops', type: 'file', path: '/etc/loop', contains: 'a\nb\n' },
          { name: 'what is removed is gone', type: 'file', path: '/tries', exists: false },
          { name: 'secrets are of the build alone', type: 'file', path: '/run/secrets/token', exists: false },
          {
            name: 'the user is applied',
            type: 'command',
            run: 'id -un',
            stdout: { equals: 'app' },
            user: 'app',
          },
        ],
        outputs: ['oci', 'docker-archive', 'rootfs'],
      }),
    );
    const built = await space.gild(
      [
        ...['build', 'everything.json', '--var', 'greeting=good day', '--progress=json'],
        ...['--output', 'out', '--junit', 'junit.xml', '--report', 'report.json'],
      ],
      { GILD_TEST_TOKEN: token, GILD_VAR_password: 'swordfish-1234' },
    );
    expect(built, built.stdout).toMatchObject({ exitCode: 0, stderr: '' });
    const events = built.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map((event) => event.type)).toEqual(
      expect.arrayContaining([
        'run.started',
        'step.started',
        'step.output',
        'step.finished',
        'artifact',
        'verdict',
        'image',
        'run.finished',
      ]),
    );
    expect(events.filter((event) => event.type === 'verdict').map(({ verdict }) => verdict.status)).toEqual(
      Array(6).fill('passed'),
    );
    expect(readdirSync(join(space.folder, 'out')).sort()).toEqual([
      'everything-1.0.0.docker.tar',
      'everything-1.0.0.oci',
      'everything-1.0.0.tar.zst',
    ]);
    const report = JSON.parse(await readFile(join(space.folder, 'report.json'), 'utf8'));
    expect(report).toMatchObject({
      image: 'everything@1.0.0/1',
      status: 'success',
    });
    expect(await testCases(join(space.folder, 'junit.xml'))).toEqual({ tests: 6, failures: 0 });
    const log = await space.gild(['logs']);
    for (const text of [built.stdout, log.stdout, JSON.stringify(report)]) {
      expect(text).not.toContain(token);
      expect(text).not.toContain('swordfish');
      expect(text).not.toContain(Buffer.from(token).toString('base64').slice(0, 12));
    }
    expect(await whoHolds(token, [space.home, join(space.folder, 'out')])).toEqual([]);
  });

  it('prints the same plan twice, and the same as the one that was carried out', async () => {
    const plan = ['plan', 'everything.json', '--json', '--var', 'greeting=good day'];
    const [first, second] = [await space.gild(plan), await space.gild(plan)];
    expect(first).toMatchObject({ exitCode: 0 });
    expect(second.stdout).toBe(first.stdout);
    const text = await space.gild(plan.filter((word) => word !== '--json'));
    expect(text.stdout).toContain(JSON.parse(first.stdout).id.slice(0, 19));
  });

  it('shows the log of one step, and the lines that match', async () => {
    const step = await space.gild(['logs', '--step', 'component/uses-secret/build/Run3']);
    expect(step.stdout).toContain('this is ignored');
    expect(step.stdout).not.toContain('later');
    const lines = (await space.gild(['logs', '--grep', 'this is ign.*d$'])).stdout.trim().split('\n');
    expect(lines).toEqual([expect.stringContaining('this is ignored')]);
  });

  it('explains a failed step so that nobody has to look anywhere else', async () => {
    await space.write(
      'fails.yaml',
      [
        'name: fails',
        'version: 1.0.0',
        'base: ./base.tar',
        'network: off',
        'components:',
        '  - name: broken',
        '    steps:',
        '      - run: |',
        '          echo started',
        '          echo state > /etc/state',
        '          cat /no/such/file',
        '      - run: echo never',
      ].join('\n'),
    );
    const built = await space.gild(['build', 'fails.yaml', '--on-error=keep', '--progress=plain']);
    expect(built.exitCode).toBe(1);
    const run = await newestRun();
    expect(run).toMatchObject({ image: 'fails', status: 'failed' });
    const block = built.stderr
      .slice(built.stderr.indexOf('✖'))
      .replaceAll(run.id, 'RUN')
      .replace(/[\d.]+s/, '0.1s');
    expect(block).toMatchInlineSnapshot(`
      "✖ component > broken > build > Run1 failed after 0.1s

        Run1 (ExecuteBash): exit status 1

        written at   fails.yaml:8:9
        command      $ sh /run/gild-step.sh
        script       │ set -e
                     │ echo started
                     │ echo state > /etc/state
                     │ cat /no/such/file
        exit code    1
        last lines   │ cat: can't open '/no/such/file': No such file or directory

        whole log    gild logs RUN --step component/broken/build/Run1
        look inside  gild shell RUN

      "
    `);

    const look = await space.gild(['shell', run.id, '--', 'cat', '/etc/state', '/bin/missing']);
    expect(look.stdout).toBe('state\n');
    expect(look.exitCode).toBe(1);
    expect((await space.gild(['images', 'fails', '--json'])).stdout.trim()).toBe('[]');
  });

  it('keeps nothing of a failed step unless told to', async () => {
    await space.gild(['build', 'fails.yaml']);
    const look = await space.gild(['shell', (await newestRun()).id, '--', 'true']);
    expect(look.exitCode).toBe(2);
    expect(look.stderr).toContain('--on-error=keep');
  });

  it('does not publish an image that holds a secret, and keeps no byte of it', async () => {
    await space.write(
      'leaks.json',
      smallRecipe({
        name: 'leaks',
        secrets: { token: { env: 'GILD_TEST_TOKEN' } },
        components: [script('base64 /run/secrets/token > /etc/token', 'leaky'), script('echo never', 'next')],
      }),
    );
    const secret = 'leaked-4d5e6f708192';
    const built = await space.gild(['build', 'leaks.json'], { GILD_TEST_TOKEN: secret });
    expect(built.exitCode).toBe(1);
    expect(built.stderr).toContain(
      'The value of the secret `token` is in the layer of `gild component leaky`.',
    );
    expect(built.stderr).not.toContain('never');
    expect((await space.gild(['images', 'leaks', '--json'])).stdout.trim()).toBe('[]');
    expect(await whoHolds(Buffer.from(secret).toString('base64').slice(0, 16), [space.home])).toEqual([]);
    expect((await space.gild(['logs', '--json'])).stdout).toContain('SECRET_LEAKED');
  });

  it('keeps no secret with a failed step either', async () => {
    await space.write(
      'leaks-and-fails.json',
      smallRecipe({
        secrets: { token: { env: 'GILD_TEST_TOKEN' } },
        components: [script('cp /run/secrets/token /etc/token; exit 1')],
      }),
    );
    const secret = 'leaked-8192a3b4c5d6';
    const built = await space.gild(['build', 'leaks-and-fails.json', '--on-error=keep'], {
      GILD_TEST_TOKEN: secret,
    });
    expect(built.exitCode).toBe(1);
    expect(built.stderr).toContain('Nothing was kept.');
    expect(await whoHolds(secret, [space.home])).toEqual([]);
  });

  it('does not publish an image whose tests fail, but lets people look into it', async () => {
    await space.write(
      'untrue.json',
      smallRecipe({
        name: 'untrue',
        components: [script('echo 42 > /etc/answer')],
        tests: [
          { name: 'the answer is 42', type: 'file', path: '/etc/answer', contains: '42' },
          { name: 'the answer <is> 43', type: 'file', path: '/etc/answer', contains: '43' },
        ],
      }),
    );
    const built = await space.gild(['build', 'untrue.json', '--junit', 'untrue.xml']);
    expect(built.exitCode).toBe(1);
    expect(built.stdout).toContain('the answer <is> 43');
    expect(await testCases(join(space.folder, 'untrue.xml'))).toEqual({ tests: 2, failures: 1 });
    const [image] = JSON.parse((await space.gild(['images', 'untrue', '--json'])).stdout);
    expect(image).toMatchObject({ name: 'untrue', state: 'test-failed' });
    const look = await space.gild(['shell', 'untrue@1.0.0/1', '--', 'cat', '/etc/answer']);
    expect(look).toMatchObject({ exitCode: 0, stdout: '42\n' });

    await space.write('on-untrue.json', smallRecipe({ base: 'image:untrue@1.0.0' }));
    const onIt = await space.gild(['build', 'on-untrue.json']);
    expect(onIt.exitCode).toBe(2);
    expect(onIt.stderr).toContain('BASE_NOT_FOUND');
    const exported = await space.gild(['export', 'untrue', '--to', 'untrue']);
    expect(exported.exitCode).not.toBe(0);
    expect(existsSync(join(space.folder, 'untrue'))).toBe(false);
  });

  it('builds on another image, and remembers the parents', async () => {
    await space.write('child.json', smallRecipe({ name: 'child', base: 'image:everything@1.x.x' }));
    await space.write(
      'grandchild.json',
      smallRecipe({
        name: 'grandchild',
        base: 'image:child@latest',
        components: [script('test "$(cat /etc/later)" = later; echo 3 > /etc/generation')],
      }),
    );
    for (const recipe of ['child.json', 'grandchild.json']) {
      await succeed(['build', recipe]);
    }
    const { parents } = JSON.parse((await space.gild(['inspect', 'grandchild', '--json'])).stdout);
    expect(parents).toEqual(['child@1.0.0/1', 'everything@1.0.0/1']);
    const diff = await space.gild(['diff', 'child', 'grandchild', '--files', '--json']);
    expect(diff.stdout).toContain('etc/generation');
    const removed = await space.gild(['rm', 'everything']);
    expect(removed.exitCode).toBe(2);
    expect(removed.stderr).toContain('IMAGE_IN_USE');
  });

  it('counts versions up where the recipe says x, and builds up where it does not', async () => {
    await space.write(
      'counted.json',
      smallRecipe({ name: 'counted', version: '2.0.x', outputs: ['rootfs'] }),
    );
    await space.write('fixed.json', smallRecipe({ name: 'fixed', version: '1.2.3', outputs: ['rootfs'] }));
    for (const recipe of ['counted.json', 'counted.json', 'fixed.json', 'fixed.json']) {
      await succeed(['build', recipe]);
    }
    const labels = async (name: string) => {
      const images = JSON.parse((await space.gild(['images', name, '--json'])).stdout);
      return images
        .map((image: { version: string; build: number }) => `${image.version}/${image.build}`)
        .sort();
    };
    expect(await labels('counted')).toEqual(['2.0.0/1', '2.0.1/1']);
    expect(await labels('fixed')).toEqual(['1.2.3/1', '1.2.3/2']);
  });

  it('does not mind components that change nothing, or twice the same', async () => {
    const again = 'echo same > /etc/same';
    await space.write(
      'nothing.json',
      smallRecipe({
        name: 'nothing',
        components: [
          script('true', 'first'),
          script(again, 'second'),
          script('true', 'third'),
          script(`rm /etc/same; ${again}`, 'fourth'),
          script('test "$(cat /etc/same)" = same', 'fifth'),
        ],
        tests: [{ name: 'it is there', type: 'file', path: '/etc/same' }],
        outputs: ['oci', 'rootfs', 'docker-archive'],
      }),
    );
    await succeed(['build', 'nothing.json']);
  });

  it('frees what only a removed image needed', async () => {
    const blobs = () => readdirSync(join(space.home, 'blobs/sha256')).length;
    await space.gild(['rm', '--unused']);
    const before = blobs();
    await space.write(
      'removed.json',
      smallRecipe({ name: 'removed', components: [script('echo bytes > /etc/only-here')] }),
    );
    await succeed(['build', 'removed.json']);
    expect(blobs()).toBeGreaterThan(before);
    expect((await space.gild(['rm', 'removed', '--unused'])).stdout).toMatch(/freed: 1 layer, \d+ blobs/);
    expect(blobs()).toBe(before);
    await succeed(['shell', 'everything', '--', 'true']);
  });

  it('exports again what it has, whole and nothing else', async () => {
    await mkdir(join(space.folder, 'again'));
    const exported = await space.gild(['export', 'everything', '--to', 'again', '--type', 'rootfs']);
    expect(exported).toMatchObject({ exitCode: 0 });
    expect(readdirSync(join(space.folder, 'again'))).toEqual(['everything-1.0.0.tar.zst']);
    const [first, second] = await Promise.all(
      ['out', 'again'].map((folder) => readFile(join(space.folder, folder, 'everything-1.0.0.tar.zst'))),
    );
    expect(second?.equals(first ?? Buffer.alloc(0))).toBe(true);
    expect(await space.gild(['export', 'everything', '--to', 'again'])).toMatchObject({ exitCode: 2 });
  });

  it('accepts the recipe that introductions use, and says what it lacks', async () => {
    await space.write('my-app-image.yaml', introductory);
    const validated = await space.gild(['validate', 'my-app-image.yaml']);
    expect(validated.exitCode).toBe(0);
    expect(validated.stderr).toContain('warning TABS: Tabs are used as indentation in lines 5, 7 and 10.');
    const runs = (await space.gild(['runs', '--json'])).stdout;
    const built = await space.gild(['build', 'my-app-image.yaml']);
    expect(built.exitCode).toBe(2);
    expect(built.stderr).toContain('The test `BootTest` (reboot) needs a disk output');
    expect(built.stderr).toContain('nothing was built');
    expect((await space.gild(['runs', '--json'])).stdout).toBe(runs);
    expect(JSON.parse((await space.gild(['images', 'MyAppImage', '--json'])).stdout)).toEqual([]);
  });
});

const introductory = `name: MyAppImage
version: 1.0.0
components:
  - name: AmazonCloudWatchAgent
\tversion: latest
  - name: MyCustomComponent
\tversion: 1.0.0
tests:
  - name: BootTest
\ttype: reboot
`;

async function newestRun(): Promise<{ id: string; image: string; status: string }> {
  return JSON.parse((await space.gild(['runs', '--json'])).stdout)[0];
}

/** Files below the folders that hold the text, packed ones included. */
async function whoHolds(text: string, folders: readonly string[]): Promise<string[]> {
  const search = `grep -rlaF -e "$needle" "$@"
    find "$@" -type f ! -path '*/fs/*' -exec sh -c '
      for file; do { zstdcat -q "$file" || zcat "$file"; } 2>/dev/null | grep -qaF -e "$needle" && echo "$file"; done
    ' search {} +; true`;
  const found = await output(['sh', '-c', search, 'search', ...folders], {
    env: { needle: text, LC_ALL: 'C' },
  });
  return found.split('\n').filter((line) => line !== '');
}

/** Runs gild where nothing should go wrong. */
async function succeed(args: readonly string[]): Promise<Said> {
  const said = await space.gild(args);
  expect(said, said.stderr).toMatchObject({ exitCode: 0 });
  return said;
}

/** As a program that reads JUnit XML counts them. */
async function testCases(path: string): Promise<{ tests: number; failures: number }> {
  const program = `
import sys, json, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
print(json.dumps({"tests": len(root.findall(".//testcase")), "failures": len(root.findall(".//failure"))}))`;
  const { exitCode } = await runProcess(['python3', '-c', program, path]);
  expect(exitCode).toBe(0);
  return JSON.parse(await output(['python3', '-c', program, path]));
}
