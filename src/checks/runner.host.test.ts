import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countIdleTime } from '../../test/support/idle-time.ts';
import type { Verdict } from '../model/artifact.ts';
import type { ContainerConfig } from '../model/buildspec.ts';
import { GildError } from '../support/errors.ts';
import { type CheckItem, testItem } from './check-item.ts';
import { checks } from './index.ts';
import { runChecks } from './runner.ts';
import { emptyConfig, openTestbed, type Testbed } from './test-machine.ts';

const answer = `#!/bin/sh
read -r line
case "$line" in
  *moved*) printf 'HTTP/1.1 302 Found\\r\\nLocation: /\\r\\nContent-Length: 0\\r\\n\\r\\n' ;;
  *chunked*) printf 'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n5\\r\\nhello\\r\\n0\\r\\n\\r\\n' ;;
  *garbage*) printf '\\033]0;hostile\\007\\r\\n' ;;
  *) printf 'HTTP/1.0 503 Busy\\r\\nServer: mine\\r\\n\\r\\ncome back later' ;;
esac
`;

/** For what takes a moment, and on a busy host longer. */
const timeoutSeconds = 240;

let testbed: Testbed;

beforeAll(async () => {
  testbed = await openTestbed({
    files: { 'srv/index.html': '<h1>Hello from the image</h1>\n', 'answer.sh': answer, 'etc/motd': 'hi\n' },
  });
});

afterAll(() => testbed?.close());

describe('the tests of an image', () => {
  it('find its main process at work, as the user and with the settings that a runtime would give it', async () => {
    const verdicts = await run({
      config: {
        ...emptyConfig,
        user: 'app',
        workingDir: '/srv',
        env: { PORT: '8080' },
        entrypoint: ['/bin/sh', '-c'],
        cmd: ['id -un > /tmp/who; pwd >> /tmp/who; sleep 0.3; exec httpd -f -p $PORT'],
      },
      items: [
        item('port', { port: 8080, timeoutSeconds }),
        item('http', {
          port: 8080,
          timeoutSeconds,
          body: { contains: 'Hello from', matches: '</h1>$' },
          headers: { 'Content-type': 'text/html' },
        }),
        item('command', { run: 'cat /tmp/who', stdout: { equals: 'app\n/srv' } }),
        item('port', { port: 80, timeoutSeconds: 0.5 }),
        item('http', { port: 8080, path: '/none', timeoutSeconds: 0.5, body: { contains: 'x' } }),
        item('http', { url: 'http://localhost:81/', timeoutSeconds: 0.5 }),
      ],
    });
    expect(said(verdicts)).toMatchInlineSnapshot(`
      [
        "passed: port 8080 listens",
        "passed: http://127.0.0.1:8080/ answers 200",
        "passed: the command exited 0, as expected",
        "failed: expected port 80 to listen within 0.5 s, but only 8080 does",
        "failed: http://127.0.0.1:8080/none: expected status 200, found 404; expected the body to contain "x", found "<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>\\n<BODY><H1>404 Not Found</H1>\\nThe requested URL was not found\\n</BODY></H…"",
        "failed: expected http://localhost:81/ to answer within 0.5 s, but nothing listens on that port",
      ]
    `);
    for (const { seconds } of verdicts) expect(seconds).toBeGreaterThan(0);
  });

  it('understand answers of many kinds', async () => {
    const config = { ...emptyConfig, entrypoint: ['nc', '-ll', '-p', '8081', '-e', '/bin/sh', '/answer.sh'] };
    const verdicts = await run({
      config,
      items: [
        item('http', {
          port: 8081,
          timeoutSeconds,
          status: 503,
          body: { contains: 'come back' },
          headers: { server: 'mine' },
        }),
        item('http', { port: 8081, timeoutSeconds, path: '/chunked', body: { matches: '^hello$' } }),
        item('http', { port: 8081, timeoutSeconds, path: '/moved', status: 302 }),
        item('http', { port: 8081, path: '/moved', timeoutSeconds: 0.3 }),
        item('http', { port: 8081, path: '/garbage', timeoutSeconds: 0.3 }),
        item('http', { port: 8081, headers: { server: 'yours', 'x-none': '' }, timeoutSeconds: 0.3 }),
      ],
    });
    expect(said(verdicts)).toMatchInlineSnapshot(`
      [
        "passed: http://127.0.0.1:8081/ answers 503",
        "passed: http://127.0.0.1:8081/chunked answers 200",
        "passed: http://127.0.0.1:8081/moved answers 302",
        "failed: http://127.0.0.1:8081/moved: expected status 200, found 302 to "/"",
        "failed: expected http://127.0.0.1:8081/garbage to answer within 0.3 s, but what answers there does not speak HTTP",
        "failed: http://127.0.0.1:8081/: expected status 200, found 503; expected header server to contain "yours", found "mine"; expected a header x-none, found none",
      ]
    `);
  });

  it('run before the main process starts, up to the first that needs it', async () => {
    const config = { ...emptyConfig, entrypoint: ['httpd', '-f', '-p', '8080'] };
    const free = item('command', { run: 'httpd -p 8080' });
    expect(said(await run({ config, items: [free, item('port', { port: 8080, timeoutSeconds })] }))).toEqual([
      'passed: the command exited 0, as expected',
      'passed: port 8080 listens',
    ]);
  });

  it('fail at once when the main process dies early, with its last words', async () => {
    const config = {
      ...emptyConfig,
      cmd: ['/bin/sh', '-c', 'echo starting; echo no config found >&2; exit 78'],
    };
    const items = [item('port', { port: 80, timeoutSeconds: 600 }), item('file', { path: '/etc/motd' })];
    const idleTime = countIdleTime();
    const verdicts = await run({ config, items });
    expect(said(verdicts).map((line) => line.replace(/[\d.]+ s$/, 'N s'))).toMatchInlineSnapshot(`
      [
        "failed: the main process \`/bin/sh -c echo starting; echo no config found >&2; exit 78\` exited with code 78 after N s",
        "passed: /etc/motd is as expected",
      ]
    `);
    expect(verdicts[0]?.output?.split('\n').sort()).toEqual(['no config found', 'starting']);
    expect(idleTime()).toBeLessThan(60_000);
  });

  it('fail when there is nothing to start, or no user to start it as', async () => {
    const items = [item('port', { port: 80 })];
    const unknownUser = { ...emptyConfig, cmd: ['true'], user: 'ghost' };
    expect(
      said([...(await run({ items })), ...(await run({ items, config: unknownUser }))]),
    ).toMatchInlineSnapshot(`
      [
        "failed: the image has neither \`entrypoint\` nor \`cmd\`, so nothing was started",
        "failed: the main process did not start: The image has no user \`ghost\`.",
      ]
    `);
  });

  it('start no machine for what none could prove', async () => {
    const start = () => Promise.reject(new Error('not to be started'));
    const verdicts: Verdict[] = [];
    for await (const verdict of runChecks({
      items: [item('reboot', {})],
      config: emptyConfig,
      kind: 'container',
      start,
    })) {
      verdicts.push(verdict);
    }
    expect(verdicts.map(({ status }) => status)).toEqual(['blocked']);
  });

  it('tell failures of the image from errors, which end the run', async () => {
    const broken: CheckItem = {
      ...item('file', { path: '/etc/motd' }),
      run: () => Promise.reject(new GildError({ code: 'STEP_FAILED', message: 'a\n\u001b[2Jb' })),
    };
    expect(said(await run({ items: [broken] }))).toEqual(['failed: a\\n\\u001b[2Jb']);
    const outside = new GildError({ code: 'DOWNLOAD_FAILED', message: 'offline' });
    await expect(run({ items: [{ ...broken, run: () => Promise.reject(outside) }] })).rejects.toBe(outside);
  });

  it('stop when they are cancelled, and close the machine', async () => {
    const controller = new AbortController();
    let closed = 0;
    const startMachine = async () => {
      const machine = await testbed.start();
      return { ...machine, close: () => machine.close().then(() => void closed++) };
    };
    const waiting: CheckItem = {
      ...item('port', { port: 80, timeoutSeconds: 600 }),
      run: async (context) => {
        const check = checks.find(({ type }) => type === 'port');
        queueMicrotask(() => controller.abort());
        return check?.run({ port: 80, timeoutSeconds: 600 }, context) ?? { status: 'failed', message: '' };
      },
    };
    const config = { ...emptyConfig, cmd: ['sleep', '1000'] };
    const verdicts = runChecks({
      items: [waiting],
      config,
      kind: 'container',
      start: async () => ({ machine: await startMachine() }),
      signal: controller.signal,
    });
    await expect(verdicts.next()).rejects.toMatchObject({ name: 'AbortError' });
    expect(closed).toBe(1);
  });
});

describe('an image without any program', () => {
  it('can be looked into all the same', async () => {
    const bare = await openTestbed({
      bare: true,
      files: {
        'etc/passwd': 'app:x:1000:1000::/:/none\n',
        'var/lib/dpkg/status.d/base': 'Package: base-files\nVersion: 12.4\n',
      },
    });
    try {
      const items = [
        item('file', { path: '/etc/passwd', contains: 'app', owner: 0 }),
        item('user', { user: 'app', uid: 1000 }),
        item('package', { package: 'base-files', version: '12.x' }),
        item('command', { run: 'test -e /bin/sh', exitCode: 1 }),
        item('service', { service: 'nginx', exists: false }),
      ];
      const verdicts: Verdict[] = [];
      for await (const verdict of runChecks({
        items,
        config: emptyConfig,
        kind: 'container',
        start: place(bare),
      }))
        verdicts.push(verdict);
      expect(verdicts.filter(({ status }) => status !== 'passed')).toEqual([]);
    } finally {
      await bare.close();
    }
  });
});

async function run({
  items,
  config = emptyConfig,
}: {
  items: readonly CheckItem[];
  config?: ContainerConfig;
}): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for await (const verdict of runChecks({ items, config, kind: 'container', start: place(testbed) }))
    verdicts.push(verdict);
  return verdicts;
}

function item(type: string, options: Readonly<Record<string, unknown>>): CheckItem {
  const check = checks.find((each) => each.type === type);
  if (!check) throw new Error(`There is no check ${type}.`);
  const test = { name: type, type, options: check.schema.parse(options) };
  return testItem({ name: type, test }, check);
}

function said(verdicts: readonly Verdict[]): string[] {
  return verdicts.map(({ status, message }) => `${status}: ${message}`);
}

function place({ start }: Testbed) {
  return async () => ({ machine: await start() });
}
