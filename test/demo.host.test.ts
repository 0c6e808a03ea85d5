import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Artifact, Verdict } from '../src/model/artifact.ts';
import type { GildEvent } from '../src/model/events.ts';
import type { Image } from '../src/model/image.ts';
import { output, runProcess } from '../src/support/process.ts';
import { archiveState } from './support/archive-state.ts';
import { gild, gildProgram, temporaryFolder } from './support/gild.ts';
import { podmanIn, podmanLimits } from './support/podman.ts';
import { until } from './support/until.ts';

const demo = join(import.meta.dirname, '../examples/web-server');
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

let archive: string;

beforeAll(async () => {
  archive = await archiveState();
  folder = await temporaryFolder('demo');
});
afterAll(() => folder.remove());

/** Four boots without KVM, on a host that others use too. */
const bootMinutes = 40;

describe('the demo', () => {
  it(
    'runs in a container, and on machines that boot with BIOS and with UEFI, restart and serve its page',
    async () => {
      const { exitCode, said } = await build('first', { TZ: 'UTC', LANG: 'C.UTF-8' }, '022');
      expect(exitCode, said.slice(-3000)).toBe(0);
      const { verdicts, artifacts } = await inspect();
      expect(verdicts.map(({ name, status }) => `${name}: ${status}`)).toEqual([
        'update-linux (component): passed',
        'nginx (component): passed',
        'bootable-linux (component): passed',
        'nginx is installed: passed',
        'the configuration is valid: passed',
        'the page is served: passed',
        'update-linux (component) (BIOS): passed',
        'nginx (component) (BIOS): passed',
        'bootable-linux (component) (BIOS): passed',
        'nginx is installed (BIOS): passed',
        'the configuration is valid (BIOS): passed',
        'the page is served (BIOS): passed',
        'it boots (BIOS): passed',
        'it restarts (BIOS): passed',
        'two machines are not one (BIOS): passed',
        'it boots (UEFI): passed',
        'it restarts (UEFI): passed',
      ]);
      expect(await keysIn(artifacts.find(({ boot }) => boot)?.boot?.blob ?? '')).toBe('');
      for (const { message } of verdicts.filter(({ type }) => /boot/.test(type)))
        expect(message).toMatch(/^(re)?(boots|starts) in \d+\.\d s \((BIOS|UEFI), /);
    },
    bootMinutes * 60_000,
  );

  it('gives the same digests again, from scratch, in other surroundings', async (context) => {
    const env = { TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8', USER: 'somebody' };
    const { said } = await build('second', env, '077', { untested: true });
    const events = said.split('\n').filter((line) => line.startsWith('{'));
    const second = events.map((line) => JSON.parse(line) as GildEvent);
    const made = second.flatMap((event) => (event.type === 'artifact' ? event.artifact : []));
    if ((await archiveState()) !== archive) context.skip('Debian has changed since the first build');
    expect(made.map(digestOf), said.slice(-3000)).toEqual((await inspect()).artifacts.map(digestOf));
  }, 1_200_000);

  it('takes at most half as much again as the trees that its store can give back', async () => {
    const home = join(folder.path, 'first');
    const bytesOf = async (...paths: string[]) => {
      const said = await output(['du', '--summarize', '--total', '--block-size=1', ...paths]);
      return Number(/^(\d+)\ttotal$/m.exec(said)?.[1]);
    };
    const { layers } = JSON.parse((await gild(home, ['inspect', 'web-server', '--json'])).stdout) as Image;
    const unpacked = await bytesOf(join(home, 'layers'));
    const packed = layers.reduce((sum, layer) => sum + layer.size, 0);
    const records = await bytesOf(join(home, 'gild.db'), join(home, 'runs'));
    const ratio = (unpacked + packed + records) / unpacked;
    const trees = layers.flatMap((_, index) => layers.slice(0, index + 1));
    const apart = trees.reduce((sum, layer) => sum + layer.unpackedSize, 0);
    const all = await bytesOf(home);
    process.stdout.write(
      `the store takes ${ratio.toFixed(2)} times its last tree; with outputs and downloads, ${(all / apart).toFixed(2)} times the trees of all steps\n`,
    );
    expect(ratio).toBeLessThan(1.5);
    expect(all / apart).toBeLessThan(1.5);
  });

  it('is read by skopeo and served by podman', async () => {
    const said = await gild(join(folder.path, 'first'), ['export', 'web-server', '--to', folder.path]);
    expect(said.exitCode, said.stderr).toBe(0);
    const layout = join(folder.path, 'web-server-1.0.0.oci');
    const inspected = JSON.parse(await output(['skopeo', 'inspect', `oci:${layout}`]));
    expect(inspected).toMatchObject({ Architecture: 'amd64', Os: 'linux' });
    const podman = podmanIn(join(folder.path, 'podman'), folder.path);
    const port = await freePort();
    const publish = ['--network', 'slirp4netns', '--publish', `127.0.0.1:${port}:80`];
    const id = await podman([
      'run',
      '--detach',
      '--rm',
      ...publish,
      ...podmanLimits,
      'oci:web-server-1.0.0.oci',
    ]);
    try {
      const page = await until(() => fetchText(`http://127.0.0.1:${port}/`), 300_000);
      expect(page).toContain('Hello from a golden image');
    } finally {
      await podman(['stop', '--time', '1', id.trim()]);
      await podman(['system', 'reset', '--force']).catch(() => undefined);
    }
  });
});

describe('a disk whose machines all are one', () => {
  it(
    'fails the test of two instances',
    async () => {
      await writeFile(join(folder.path, 'twins.yaml'), twins);
      const report = join(folder.path, 'twins.json');
      const { exitCode, stderr } = await gild(join(folder.path, 'first'), [
        ...['build', join(folder.path, 'twins.yaml'), '--report', report],
      ]);
      expect(exitCode, stderr).toBe(1);
      const { tests } = JSON.parse(await readFile(report, 'utf8')) as { tests: readonly Verdict[] };
      expect(tests.at(-1)).toMatchObject({
        name: 'two machines are not one (BIOS)',
        status: 'failed',
        message: 'two machines of this disk share /etc/machine-id and /etc/ssh/kept/host_key',
      });
    },
    bootMinutes * 60_000,
  );
});

const twins = `
name: twins
version: 1.0.0
base: image:web-server@1.0.0
network: off
components:
  - name: identity
    steps:
      - run: |
          mkdir /etc/ssh/kept && ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/kept/host_key
          echo 'HostKey /etc/ssh/kept/host_key' > /etc/ssh/sshd_config.d/kept.conf
outputs: [raw]
disk:
  firmware: [bios]
  kernelOptions: systemd.machine_id=00112233445566778899aabbccddeeff
tests:
  - { name: two machines are not one, type: instances }
`;

/** What is in a disk of keys that let somebody in, as OpenSSH writes them. */
async function keysIn(blob: string): Promise<string> {
  const disk = join(folder.path, 'first/blobs', blob.replace(':', '/'));
  const raw = join(folder.path, 'disk.raw');
  await output(['qemu-img', 'convert', '-O', 'raw', disk, raw]);
  const search = 'grep -aoE "ssh-(ed25519|rsa) AAAA[^ ]{20,}" "$1" || test $? -eq 1';
  return output(['sh', '-c', search, 'search', raw]);
}

/** `untested`: it is ended when its tests begin. */
async function build(
  home: string,
  env: Readonly<Record<string, string>>,
  umask: string,
  { untested = false } = {},
): Promise<{ exitCode: number; said: string }> {
  const said: Buffer[] = [];
  let gildPid = 0;
  const masked = ['sh', '-c', `umask ${umask}; exec "$@"`, 'sh', process.execPath, gildProgram];
  const { exitCode } = await runProcess([...masked, 'build', demo, '--progress=json'], {
    cwd: home === 'first' ? '/' : folder.path,
    env: { GILD_HOME: join(folder.path, home), HOME: folder.path, CI: 'true', ...env },
    onSpawn: (pid) => {
      gildPid = pid;
    },
    onStdout: (chunk) => {
      said.push(chunk);
      if (untested && chunk.includes('"step":"test"')) process.kill(gildPid, 'SIGINT');
    },
    onStderr: (chunk) => said.push(chunk),
  });
  return { exitCode, said: Buffer.concat(said).toString() };
}

async function inspect(): Promise<Image> {
  const { stdout } = await gild(join(folder.path, 'first'), ['inspect', 'web-server', '--json']);
  return JSON.parse(stdout) as Image;
}

/** That of an OCI layout is of a list of all its layers. */
function digestOf({ type, digest }: Artifact) {
  return { type, digest };
}

async function fetchText(url: string): Promise<string | undefined> {
  try {
    return await (await fetch(url)).text();
  } catch {
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
