import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { output } from '../src/support/process.ts';
import { hostileArchives } from '../src/trees/testing/hostile-archives.ts';
import type { Said } from './support/gild.ts';
import { attempts, systemCalls } from './support/hostile-attempts.ts';
import { type Scene, scenes } from './support/hostile-scenes.ts';
import { countIdleTime } from './support/idle-time.ts';
import { kernelSettings } from './support/kernel-settings.ts';
import { entriesOf, processesAt } from './support/traces.ts';
import { openWorkspace, script, smallRecipe, type Workspace } from './support/workspace.ts';

/** All that there is to wait for after a step has failed. */
const teardownMs = 4000;
/** A build takes one to two seconds, the longest of them five. */
const hangMs = 240_000;

/** What runs in the machines writes there if it can. */
let canary: string;
let canaryBefore: string;
let settingsBefore: ReadonlyMap<string, string>;
let space: Workspace;
let listener: Server;
let refusals: ReadonlyMap<string, number>;

beforeAll(async () => {
  space = await openWorkspace('hostile');
  canary = await mkdtemp(join(tmpdir(), 'gild-canary-'));
  await writeFile(join(canary, 'passwd'), 'root:x:0:0::/:/bin/sh\n');
  await mkdir(join(canary, 'etc/cron.d'), { recursive: true });
  listener = createServer((socket) => socket.end('reached\n')).listen(0, '127.0.0.1');
  await new Promise((resolve) => listener.once('listening', resolve));
  const first = kernelSettings();
  await space.write('harmless.json', smallRecipe({ components: [script('true', 'harmless')] }));
  expect(await space.gild(['build', 'harmless.json'])).toMatchObject({ exitCode: 0 });
  settingsBefore = stable(first, kernelSettings());
  canaryBefore = await treeOf(canary);
  refusals = await attemptAll();
});

afterAll(async () => {
  listener.close();
  await space.remove();
  await rm(canary, { recursive: true });
});

describe('a hostile step', () => {
  it.each(systemCalls.map(({ name }) => name))('is refused the system call %s', (name) => {
    if (process.arch !== 'x64') return;
    expect(refusals.get(name)).toBeOneOf(errors(1, 125));
  });

  it.each(attempts.map(({ name }) => name))('cannot %s', (name) => {
    expect(refusals.get(name)).toBeOneOf(errors(1, 126));
  });

  it.each(scenes)('is contained: $name', async (scene) => {
    const idleTime = countIdleTime();
    const said = await play(scene);
    expect(idleTime()).toBeLessThan((scene.timeoutSeconds ?? 0) * 1000 + teardownMs);
    if (scene.outcome === 'success') expect(said, said.stderr).toMatchObject({ exitCode: 0 });
    else {
      expect(said.stderr).toMatch(scene.outcome);
      expect([1, 2]).toContain(said.exitCode);
    }
    expect(printable(said.stderr), 'no escape sequence reaches the terminal').toBe(true);
    expect(processesAt(space.folder)).toEqual([]);
    expect([...entriesOf(space.home, 'scratch'), ...entriesOf(space.home, 'leases')]).toEqual([]);
    expect(await treeOf(canary)).toBe(canaryBefore);
  });
});

describe('a hostile base', () => {
  const archives = hostileArchives('/tmp/gild-canary-of-archives');
  it.each(archives.filter((_, index) => index % 12 === 0))(
    'is refused or harmless: $name',
    async ({ bytes, asRootfs }) => {
      await writeFile(join(space.folder, 'hostile.tar'), bytes);
      await space.write('on-hostile.json', smallRecipe({ base: './hostile.tar' }));
      const said = await space.gild(['build', 'on-hostile.json']);
      if (asRootfs === 'harmless') expect([0, 2], said.stderr).toContain(said.exitCode);
      else
        expect(said).toMatchObject({ exitCode: 2, stderr: expect.stringMatching('ARCHIVE_REFUSED|refused') });
      expect(await treeOf(canary)).toBe(canaryBefore);
    },
  );

  it.each(['dev', 'proc', 'sys', 'etc', 'tmp', 'run', 'usr', 'bin'])(
    'writes nothing outside where /%s is a link to a folder of the host',
    async (name) => {
      const tree = join(space.folder, 'linked');
      await output([
        'sh',
        '-euc',
        'rm -rf "$1"; mkdir "$1"; tar -xf "$2" -C "$1"; rm -rf "$1/$3"; ln -s "$4" "$1/$3"; tar -C "$1" -cf "$5" .',
        'make',
        tree,
        join(space.folder, 'base.tar'),
        name,
        canary,
        join(space.folder, 'linked.tar'),
      ]);
      await space.write(
        'on-linked.json',
        smallRecipe({
          base: './linked.tar',
          files: [{ content: 'hostile\n', to: `/${name}/file` }],
          components: [script(`mkdir -p ${canary}; touch /${name}/touched /run/x /tmp/x`, 'touch')],
        }),
      );
      const said = await space.gild(['build', 'on-linked.json']);
      expect([0, 1, 2], said.stderr).toContain(said.exitCode);
      expect(await treeOf(canary)).toBe(canaryBefore);
    },
  );
});

describe('the host', () => {
  it('has the same kernel settings and files as before', async () => {
    const now = kernelSettings();
    const changed = [...settingsBefore].filter(([name, value]) => now.get(name) !== value);
    expect(settingsBefore.size).toBeGreaterThan(200);
    expect(changed).toEqual([]);
    expect(await treeOf(canary)).toBe(canaryBefore);
    expect(
      await output([
        'sh',
        '-c',
        'ls -d /gild-was-here /*/gild-was-here /*/*/gild-was-here 2>/dev/null || true',
      ]),
    ).toBe('');
  });
});

/** All that is refused at once fits into one build; each attempt tells its exit code. */
async function attemptAll(): Promise<ReadonlyMap<string, number>> {
  const files = process.arch === 'x64' ? systemCalls : [];
  await mkdir(join(space.folder, 'calls'));
  for (const [index, { program }] of files.entries()) {
    await writeFile(join(space.folder, 'calls', String(index)), program, { mode: 0o755 });
  }
  const lines = [
    ...files.map(
      ({ name }, index) =>
        `code=0; timeout 60 /calls/${index} > /dev/null 2>&1 || code=$?; echo "result=$code=${name}"`,
    ),
    ...attempts.map(
      ({ name, run }) =>
        `code=0; timeout 60 sh -c ${quoted(run)} > /dev/null 2>&1 < /dev/null || code=$?; echo "result=$code=${name}"`,
    ),
  ];
  await space.write(
    'attempts.json',
    smallRecipe({
      name: 'attempts',
      network: 'loopback',
      files: [{ from: 'calls', to: '/calls' }],
      components: [script(`set +e\n${lines.join('\n')}`, 'attempts')],
    }),
  );
  const said = await space.gild(['build', 'attempts.json', '--progress=json'], {}, { timeoutMs: hangMs });
  expect(said, said.stdout.slice(-2000)).toMatchObject({ exitCode: 0 });
  const results = said.stdout.matchAll(/"result=(\d+)=([^"]+)"/g);
  return new Map([...results].map(([, code, name = '']) => [name, Number(code)]));
}

function errors(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

async function play(scene: Scene): Promise<Said> {
  const { port } = listener.address() as { port: number };
  const known = (text: string) => text.replaceAll('@CANARY@', canary).replaceAll('@PORT@', String(port));
  const { timeoutSeconds = hangMs / 2000 } = scene;
  await space.write(
    'scene.json',
    smallRecipe({
      name: 'scene',
      ...scene.recipe,
      limits: { memory: '512MiB', pids: 300, ...(scene.recipe?.limits as object) },
      components: [
        { name: 'hostile', steps: [{ run: known(scene.run), timeoutSeconds }] },
        ...(scene.next === undefined
          ? []
          : [{ name: 'next', steps: [{ run: known(scene.next), timeoutSeconds }] }]),
      ],
      outputs: ['rootfs'],
    }),
  );
  return space.gild(['build', 'scene.json', '--progress=plain'], {}, { timeoutMs: hangMs });
}

function printable(text: string): boolean {
  return !/[\u0000-\u0008\u000b-\u001f\u007f\u009b]/.test(text);
}

function stable(
  first: ReadonlyMap<string, string>,
  second: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map([...first].filter(([name, value]) => second.get(name) === value));
}

/** Names, kinds, modes, owners, times and content. */
async function treeOf(folder: string): Promise<string> {
  const listing = await output(['find', folder, '-printf', '%P %y %m %U %G %T@ %s %l\n']);
  const sums = await output(['find', folder, '-type', 'f', '-exec', 'sha256sum', '{}', '+']);
  return [...listing.split('\n').sort(), ...sums.split('\n').sort()].join('\n');
}
