import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostPath, runProcess } from '../support/process.ts';
import { waitForCloudInit } from './cloud-init.ts';
import { noConnection, type Ssh } from './ssh.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-cloud-init-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that the machine has. */
async function program(name: string, script: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}

/** Runs commands on this host, where the programs of the machine go before the host's. */
const ssh: Ssh = {
  publicKey: '',
  argv: () => [],
  run: (command = '', options = {}) =>
    runProcess(['sh', '-c', command], { ...options, env: { PATH: `${folder}:${hostPath}` } }),
};

/** Tells one state after the other, and then always the last. */
async function unitStates(...states: readonly string[]): Promise<void> {
  for (const [index, state] of states.entries()) await writeFile(join(folder, `state-${index}`), state);
  await program(
    'systemctl',
    `cat ${folder}/state-0; [ ! -e ${folder}/state-1 ] || mv ${folder}/state-1 ${folder}/state-0`,
  );
}

const wait = (timeoutMs = 60_000) => waitForCloudInit({ ssh, timeoutMs, signal: undefined });

describe('waiting for cloud-init', () => {
  it('ends when its last unit has started', async () => {
    await unitStates('Job=7\nActiveState=inactive\n', 'ActiveState=active\n');
    await wait();
  });

  it('ends where its last unit is not going to start', async () => {
    await unitStates('ActiveState=inactive\n');
    await wait();
    await unitStates('ActiveState=failed\n');
    await wait();
  });

  it('goes on when the SSH server is restarted meanwhile', async () => {
    let calls = 0;
    const restarted: Ssh = {
      ...ssh,
      run: async () => ({ exitCode: ++calls === 1 ? noConnection : 0, timedOut: false }),
    };
    await waitForCloudInit({ ssh: restarted, timeoutMs: 60_000, signal: undefined });
    expect(calls).toBe(2);
  });

  it('says what cloud-init is at when the time is over', async () => {
    await unitStates('Job=7\nActiveState=activating\n');
    await program('cloud-init', 'echo "status: running"; echo "Running in stage: modules-config"');
    await program('tail', 'echo Fetching a list');
    await expect(wait(1)).rejects.toMatchObject({
      code: 'BOOT_FAILED',
      message: 'cloud-init is still not done, 0 s after the machine let us in.',
      hint: 'status: running\nRunning in stage: modules-config\nFetching a list',
    });
    const told: string[] = [];
    const onUnready = ({ message }: Error) => void told.push(message);
    await waitForCloudInit({ ssh, timeoutMs: 1, signal: undefined, onUnready });
    expect(told).toHaveLength(1);
  });
});
