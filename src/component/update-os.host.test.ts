import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Machine } from '../platforms/types.ts';
import { output } from '../support/process.ts';
import { createTestMachines, look, runDocument, type TestMachines } from './test-machine.ts';

let machines: TestMachines;
let machine: Machine;
beforeAll(async () => {
  machines = await createTestMachines();
  const tar = join(machines.home, 'debian.tar');
  await output(['mmdebstrap', '--mode=unshare', '--variant=apt', 'bookworm', tar]);
  machine = await machines.on(tar, { network: 'on' });
});
afterAll(() => machines.release());

async function update(inputs: unknown) {
  return runDocument(machine, `      - ${JSON.stringify({ name: 'Update', action: 'UpdateOS', inputs })}\n`);
}

it('installs what is included, without what is only recommended', async () => {
  const { result } = await update({ include: ['hello', 'gone'], exclude: ['gone'] });
  expect(result.failure).toBeUndefined();
  expect(await look(machine, '/usr/bin/hello')).toContain('Hello, world!');
});

it('brings everything up to date but what is excluded, and leaves no trace of how', async () => {
  const before = await look(machine, 'cat /var/lib/dpkg/status | md5sum; ls -R /etc/apt | md5sum');
  const { result } = await update({ exclude: ['libc6', 'linux-*'] });
  expect(result.failure).toBeUndefined();
  expect(await look(machine, 'cat /var/lib/dpkg/status | md5sum; ls -R /etc/apt | md5sum')).toBe(before);
});

it('does nothing where all that is included is excluded', async () => {
  const { result, log } = await update({ include: ['hello'], exclude: ['hello'] });
  expect([result.status, log.length]).toEqual(['success', 1]);
});

it('fails with what apt-get said', async () => {
  const { result } = await update({ include: ['no-such-package-at-all'] });
  expect(result.failure).toMatchObject({
    message: 'Update (UpdateOS): apt-get: exit status 100',
    exitCode: 100,
  });
  expect(result.failure?.lastLines?.join('\n')).toContain('Unable to locate package no-such-package-at-all');
});
