import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../platforms/types.ts';
import { output } from '../support/process.ts';
import { certificate, key } from './test-certificate.ts';
import { createTestMachines, look, runDocument, type TestMachines } from './test-machine.ts';
import { startTestS3Server, type TestS3Server } from './test-s3-server.ts';
import { actionCases } from './testing/action-cases/index.ts';
import type { ActionCase, CasePlace } from './testing/action-cases/types.ts';

let machines: TestMachines;
let web: Server;
let tls: Server;
let s3: TestS3Server;
beforeAll(async () => {
  machines = await createTestMachines();
  web = createServer(answer);
  tls = createTlsServer({ key, cert: certificate }, answer);
  await Promise.all(
    [web, tls].map((server) => new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))),
  );
  s3 = await startTestS3Server();
});
afterAll(async () => {
  web.close();
  tls.close();
  await s3.close();
  await machines.release();
});

const answer: RequestListener = (request, response) => {
  if (request.url === '/redirect') return response.writeHead(302, { location: '/file' }).end();
  if (request.url === '/refused') return response.writeHead(403).end();
  response.end(request.url === '/other' ? 'other' : 'content');
};

/** In place of programs that no image here has: they write down, or say, how they were called. */
const stand = `mkdir -p /usr/bin /etc
cat > /usr/bin/pwsh <<'END'
#!/bin/sh
echo "pwsh $*"
case $5 in /run/*) cat "$5" ;; esac
while read -r status; do case $status in [0-9]) exit "$status" ;; esac; done < "$5"
exit 0
END
cat > /usr/bin/powershell.exe <<'END'
#!/bin/sh
printf 'powershell.exe %s\\n' "$*" | sed 's/-EncodedCommand .*/-EncodedCommand/' >> /powershell
cat > /powershell-stdin
cat /powershell-stdin >> /powershell
echo ran
if [ -e /powershell-status ] && grep -q exit /powershell-stdin; then exit 9; fi
exit 0
END
cat > /usr/bin/zypper <<'END'
#!/bin/sh
echo "zypper $*" >> /calls
case $* in *install*) exit 102 ;; esac
END
chmod +x /usr/bin/pwsh /usr/bin/powershell.exe /usr/bin/zypper
printf 'ID=sles\\n' > /etc/os-release
printf 'app:x:1234:2345::/:/bin/sh\\n' >> /etc/passwd
grep -q '^staff:' /etc/group || printf 'staff:x:50:\\n' >> /etc/group`;

const images = {
  Debian: async () => {
    const tar = join(machines.home, 'debian.tar');
    await output(['mmdebstrap', '--mode=unshare', '--variant=minbase', 'bookworm', tar]);
    return machines.on(tar);
  },
  'an image with busybox alone': () => machines.withBusybox(),
};

describe.each(Object.entries(images))('on %s', (_name, start) => {
  let machine: Machine;
  let count = 0;
  beforeAll(async () => {
    machine = await start();
    await look(machine, stand);
  });

  it.each(actionCases)('$action $does', async (sample) => {
    const at = `/work${++count}`;
    await look(machine, `rm -f /powershell* /calls; mkdir -p ${at}; cd ${at}; ${sample.before ?? ':'}`);
    fill(s3);
    await carryOut(sample, { machine, at });
  });
});

async function carryOut(
  sample: ActionCase,
  { machine, at }: { readonly machine: Machine; readonly at: string },
): Promise<void> {
  const place = placeOf(at);
  const step = { name: 'Act', action: sample.action, inputs: sample.inputs(place) };
  const { result, log } = await runDocument(
    sample.os ? onWindows(machine) : machine,
    `      - ${JSON.stringify(step)}\n`,
    { downloading: { allowPrivateHosts: ['127.0.0.1'], env: s3.env, firstDelayMs: 1 } },
  );
  const failure = result.failure?.message;
  if (sample.fails === undefined) expect(failure).toBeUndefined();
  else expect(failure).toContain(sample.fails);
  if (sample.outputs) expect(result.steps[0]?.outputs).toEqual(sample.outputs(place).map(matched));
  if (sample.logs !== undefined) expect(log.join('\n')).toContain(sample.logs.replaceAll('<at>', at));
  if (sample.after) {
    const [script, prints] = sample.after;
    expect(await look(machine, `cd ${at}; ${script}`)).toBe(prints.replaceAll('<at>', at));
  }
  if (sample.stored) {
    const taken = [...s3.objects].filter(([path]) => path.startsWith('taken/'));
    const texts = taken.map(([path, content]) => [path.slice('taken/'.length), content.toString()]);
    expect(Object.fromEntries(texts)).toEqual(sample.stored);
  }
}

function matched(output: Readonly<Record<string, string | RegExp>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(output).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : expect.stringMatching(value),
    ]),
  );
}

/**
 * The machine as it is, but for what it says. The status of a process has 8 bits here: the one that is meant stands in
 * a file, until the machine restarts.
 */
function onWindows(machine: Machine): Machine {
  const run: Machine['run'] = async (command) => {
    const result = await machine.run(command);
    if (result.exitCode !== 9) return result;
    return { ...result, exitCode: Number(await look(machine, 'cat /powershell-status')) };
  };
  const reboot = async () => {
    await look(machine, 'rm -f /powershell-status');
    await machine.reboot();
  };
  return { ...machine, os: 'windows', run, reboot };
}

function placeOf(at: string): CasePlace {
  const hash = (algorithm: string) => createHash(algorithm).update('content').digest('hex');
  return {
    at,
    web: `http://127.0.0.1:${(web.address() as AddressInfo).port}`,
    tls: `https://127.0.0.1:${(tls.address() as AddressInfo).port}`,
    sha256: hash('sha256'),
    sha512: hash('sha512'),
  };
}

function fill({ objects }: TestS3Server): void {
  objects.clear();
  objects.set(
    'given/document.yaml',
    Buffer.from(
      "schemaVersion: 1.0\nphases: [{name: build, steps: [{name: Say, action: ExecuteBash, inputs: {commands: ['echo from S3']}}]}]\n",
    ),
  );
  objects.set('given/tree/one', Buffer.from('one'));
  objects.set('given/tree/deep/two', Buffer.from('two'));
  objects.set('given/tree/empty/', Buffer.alloc(0));
  objects.set('given/hostile/a/../../../evil', Buffer.from('evil'));
}

it('the actions need no /tmp that can be written, and say so where there is no package manager', async () => {
  const machine = await machines.bare();
  const run = async (action: string, inputs?: unknown) => {
    const step = JSON.stringify({ name: 'Act', action, inputs });
    return (await runDocument(machine, `      - ${step}\n`)).result.failure;
  };
  await look(machine, 'rm -rf /tmp; : > /tmp');
  expect(await run('CreateFile', [{ path: '/a', content: 'x' }])).toBeUndefined();
  expect(await run('SetFileEncoding', [{ path: '/a', encoding: 'utf-16' }])).toBeUndefined();
  expect(await run('ExecuteBash', { commands: ['exit 0'] })).toBeUndefined();
  expect(await run('ExecutePowerShell', { commands: ['a'] })).toMatchObject({
    message: 'Act (ExecutePowerShell): the machine runs Linux, and its image has no `pwsh`',
  });
  expect(await run('UpdateOS')).toMatchObject({
    message: 'Act (UpdateOS): The image has no package manager.',
    hint: 'UpdateOS knows apt-get, dnf, yum, zypper, apk, pacman.',
  });
});
