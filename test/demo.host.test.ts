import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Image } from '../src/model/image.ts';
import { output, runProcess } from '../src/support/process.ts';
import { gild, gildProgram, temporaryFolder } from './support/gild.ts';
import { podmanIn, podmanLimits } from './support/podman.ts';
import { until } from './support/until.ts';

const demo = join(import.meta.dirname, '../examples/web-server');
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  folder = await temporaryFolder('demo');
});
afterAll(() => folder.remove());

describe('the demo', () => {
  it('gives the same digests twice, from scratch, in other surroundings', async () => {
    const first = await build('first', { TZ: 'UTC', LANG: 'C.UTF-8' }, '022');
    const second = await build('second', { TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8', USER: 'somebody' }, '077');
    expect(digests(second)).toEqual(digests(first));
  }, 600_000);

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
      const page = await until(() => fetchText(`http://127.0.0.1:${port}/`), 30_000);
      expect(page).toContain('Hello from a golden image');
    } finally {
      await podman(['stop', '--time', '1', id.trim()]);
      await podman(['system', 'reset', '--force']).catch(() => undefined);
    }
  });
});

async function build(home: string, env: Readonly<Record<string, string>>, umask: string): Promise<Image> {
  const said: Buffer[] = [];
  const path = join(folder.path, home);
  const masked = ['sh', '-c', `umask ${umask}; exec "$@"`, 'sh', process.execPath, gildProgram];
  const { exitCode } = await runProcess([...masked, 'build', demo], {
    cwd: home === 'first' ? '/' : folder.path,
    env: { GILD_HOME: path, HOME: folder.path, CI: 'true', ...env },
    onStdout: (chunk) => said.push(chunk),
    onStderr: (chunk) => said.push(chunk),
  });
  expect(exitCode, Buffer.concat(said).toString().slice(-3000)).toBe(0);
  return JSON.parse((await gild(path, ['inspect', 'web-server', '--json'])).stdout) as Image;
}

function digests({ layers, artifacts }: Image) {
  return {
    layers: layers.map(({ createdBy, diffId, blob }) => ({ createdBy, diffId, blob })),
    artifacts: artifacts.map(({ type, digest }) => ({ type, digest })),
  };
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
