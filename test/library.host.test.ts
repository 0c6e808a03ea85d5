import { createReadStream } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Image } from '../src/model/image.ts';
import { output } from '../src/support/process.ts';
import { gild, temporaryFolder } from './support/gild.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  folder = await temporaryFolder('library');
});
afterAll(() => folder.remove());

/** Every shipped component, with what it needs to be told; one image holds them all. */
const together = [
  'update-linux',
  'nginx',
  'nodejs',
  'python-3',
  'chrony',
  'unattended-upgrades',
  'ssh-hardening',
  { name: 'user', parameters: { Name: 'deploy', Sudo: 'yes', AuthorizedKey: 'ssh-ed25519 AAAA test' } },
  { name: 'docker', parameters: { User: 'deploy' } },
];

describe('the shipped components', () => {
  it('install on Debian 12 and pass their tests on a fresh machine', async () => {
    const image = await build('together', together);
    const tested = image.verdicts.map(({ name, status }) => `${name} ${status}`);
    const names = together.map((use) => (typeof use === 'string' ? use : use.name));
    expect(tested).toEqual(
      names.filter((name) => name !== 'update-linux').map((name) => `${name} (component) passed`),
    );
  }, 900_000);

  it('take the CloudWatch agent from a mirror, and only the package that was meant', async () => {
    const deb = await makePackage();
    const checksum = (await output(['sha256sum', deb])).slice(0, 64);
    const server = createServer((_request, response) => void createReadStream(deb).pipe(response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const parameters = { Source: `http://127.0.0.1:${port}/agent.deb`, Checksum: checksum };
    const use = (own: object) => [{ name: 'amazon-cloudwatch-agent', parameters: { ...parameters, ...own } }];
    try {
      const image = await build('agent', use({ Configuration: '{"agent":{}}' }));
      expect(image.verdicts.map(({ status }) => status)).toEqual(['passed']);
      const other = await tryBuild('other', use({ Checksum: '0'.repeat(64) }));
      expect(other.exitCode).toBe(1);
      expect(other.stderr).toContain('FAILED');
    } finally {
      server.close();
    }
  }, 600_000);
});

async function tryBuild(name: string, components: readonly unknown[]) {
  const recipe = join(folder.path, `${name}.json`);
  await writeFile(recipe, JSON.stringify({ name, version: '1.0.0', components }));
  return gild(join(folder.path, 'home'), ['build', recipe], { GILD_ALLOW_PRIVATE_HOSTS: '127.0.0.1' });
}

async function build(name: string, components: readonly unknown[]): Promise<Image> {
  const { exitCode, stdout, stderr } = await tryBuild(name, components);
  expect(exitCode, `${stdout}\n${stderr}`.slice(-4000)).toBe(0);
  const inspected = await gild(join(folder.path, 'home'), ['inspect', name, '--json']);
  return JSON.parse(inspected.stdout) as Image;
}

/** A package with the agent's name and its one program. */
async function makePackage(): Promise<string> {
  const root = join(folder.path, 'package');
  const program = join(root, 'opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent');
  await mkdir(join(root, 'DEBIAN'), { recursive: true });
  await mkdir(join(root, 'opt/aws/amazon-cloudwatch-agent/bin'), { recursive: true });
  await mkdir(join(root, 'opt/aws/amazon-cloudwatch-agent/etc'));
  await writeFile(program, '#!/bin/sh\nexit 0\n');
  await chmod(program, 0o755);
  const fields = [
    'Package: amazon-cloudwatch-agent',
    'Version: 1.0',
    'Architecture: all',
    'Maintainer: test',
  ];
  await writeFile(join(root, 'DEBIAN/control'), `${fields.join('\n')}\nDescription: test\n`);
  const deb = join(folder.path, 'agent.deb');
  await output(['dpkg-deb', '--root-owner-group', '--build', root, deb]);
  return deb;
}
