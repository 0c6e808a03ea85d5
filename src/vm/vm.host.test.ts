import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHost } from '../host/host.ts';
import { makeNamespaceFolder } from '../host/namespace-folder.ts';
import type { Host } from '../host/types.ts';
import { accelerationOf } from './acceleration.ts';
import { createSsh } from './ssh.ts';
import { startVirtualMachine } from './start.ts';
import { countingGuest } from './testing/counting-guest.ts';
import { loginGuest } from './testing/login-guest.ts';
import type { VmOptions } from './types.ts';

/** A guest is there after a second or two, also where it is emulated. */
const hangMs = 240_000;

let folder: string;
let host: Host;
let disks = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gild-vm-'));
  host = createHost({ home: join(folder, 'home') });
  await host.facts();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function diskOf(sector: Buffer): Buffer {
  return Buffer.concat([sector, Buffer.alloc(2 ** 20 - sector.length)]);
}

async function start(sector: Buffer, options: Partial<VmOptions> = {}, on = host) {
  const path = join(on.home, `${++disks}.raw`);
  await writeFile(path, diskOf(sector), { mode: 0o644 });
  return startVirtualMachine(on, {
    disk: { path, format: 'raw' },
    firmware: 'bios',
    memory: 64 * 2 ** 20,
    cpus: 1,
    network: 'off',
    ports: [],
    ...options,
  });
}

describe('a virtual machine', () => {
  it('shows its login prompt, restarts by Ctrl-Alt-Del, and shows it again', async () => {
    const lines: string[] = [];
    const vm = await start(loginGuest('\r\nhello\r\ntiny login: '), {
      onConsole: (more) => lines.push(...more),
    });
    expect(await vm.waitForLogin(hangMs)).toBeGreaterThan(0);
    expect(await vm.restart(hangMs)).toBeGreaterThan(0);
    expect(vm.lastScreen()).toMatch(/hello\ntiny login: *$/);
    await vm.close();
    expect(lines.filter((line) => line === 'hello')).toHaveLength(2);
    await vm.ended;
  });

  it('gives a picture of its display', async () => {
    const vm = await start(loginGuest());
    await vm.waitForLogin(hangMs);
    await vm.screenshot(join(folder, 'screen.png'));
    const png = await readFile(join(folder, 'screen.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    await vm.close();
  });

  it('forgets what it wrote, unless that is kept: then it goes on from there', async () => {
    const path = join(host.home, 'counting.raw');
    const overlay = join(folder, 'kept.qcow2');
    const bootOnce = async (options: Partial<VmOptions>) => {
      const vm = await start(countingGuest(), { disk: { path, format: 'raw' }, ...options });
      await vm.waitForLogin(hangMs);
      await vm.close();
      return /boot \w/.exec(vm.lastScreen())?.[0];
    };
    await writeFile(path, diskOf(countingGuest()), { mode: 0o644 });
    expect([await bootOnce({}), await bootOnce({})]).toEqual(['boot B', 'boot B']);
    expect([await bootOnce({ overlay }), await bootOnce({ overlay })]).toEqual(['boot B', 'boot C']);
    await expect(start(loginGuest(), { overlay })).rejects.toMatchObject({ code: 'DISK_INVALID' });
    expect(await bootOnce({ overlay })).toBe('boot D');
  });

  it('says what was last on its console when no prompt comes', async () => {
    const loading = Promise.withResolvers<void>();
    const vm = await start(loginGuest('\r\nLoading\r\n'), {
      onConsole: (lines) => lines.includes('Loading') && loading.resolve(),
    });
    await loading.promise;
    await expect(vm.waitForLogin(1500)).rejects.toMatchObject({
      code: 'BOOT_FAILED',
      message: 'No login prompt on the serial console after 2 s.',
      hint: 'Last on the console:\nLoading',
    });
    await vm.close();
  });

  it('does not wait for a system that has given up', async () => {
    const vm = await start(loginGuest('\r\nKernel panic - not syncing\r\n'));
    await expect(vm.waitForLogin(hangMs)).rejects.toMatchObject({
      code: 'BOOT_FAILED',
      message: 'The system gave up booting.',
      hint: 'Last on the console:\nKernel panic - not syncing',
    });
    await vm.close();
  });

  it('cannot be reached where nothing in it listens', async () => {
    const vm = await start(loginGuest());
    await vm.waitForLogin(hangMs);
    const stop = AbortSignal.timeout(100);
    await expect(vm.machine.run({ argv: ['true'], signal: stop })).rejects.toThrow();
    await vm.close();
  });

  it('ends at once when it is cancelled, and leaves nothing behind', async () => {
    const stop = new AbortController();
    const vm = await start(loginGuest(''), { signal: stop.signal });
    const waiting = vm.waitForLogin(hangMs);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await vm.close();
    await vm.ended;
  });

  it('goes on with its disk when it restarts by itself, and ends when it switches itself off', async () => {
    const restarted = await start(countingGuest({ boot: 'B', does: 'restart' }));
    expect(await restarted.waitForLogin(hangMs)).toBeGreaterThan(0);
    expect(restarted.lastScreen()).toMatch(/boot C\ntiny login: *$/);
    await restarted.close();
    const off = await start(countingGuest({ boot: 'B', does: 'switch off' }));
    await expect(off.waitForLogin(hangMs)).rejects.toMatchObject({
      message: 'The machine stopped before it showed a login prompt.',
    });
    await off.ended;
    await expect(off.restart(1000)).rejects.toMatchObject({
      code: 'BOOT_FAILED',
      message: 'The machine could not be told `send-key`: the virtual machine has stopped.',
    });
    await off.close();
  });

  it('runs, and is asked for by SSH, also where paths are longer than those of sockets can be', async () => {
    const home = join(folder, 'long'.repeat(30));
    const deep = createHost({ home });
    await deep.facts();
    const vm = await start(loginGuest(), {}, deep);
    await vm.waitForLogin(hangMs);
    await vm.close();
    const namespace = await deep.namespace({ network: 'loopback' });
    const run = await makeNamespaceFolder(deep, join(home, 'run'));
    const ssh = await createSsh({ folder: run, port: 22, namespace });
    const said: Buffer[] = [];
    await ssh.run('true', { onStderr: (chunk) => void said.push(chunk) });
    expect(Buffer.concat(said).toString()).toContain('Connection refused');
    await namespace.close();
  });

  it('says why QEMU did not start', async () => {
    const disk = { path: join(host.home, 'none.raw'), format: 'raw' } as const;
    await expect(start(loginGuest(), { disk })).rejects.toMatchObject({
      code: 'BOOT_FAILED',
      message: expect.stringContaining('none.raw'),
    });
    await expect(start(loginGuest(), { memory: 2 ** 60 })).rejects.toMatchObject({
      code: 'BOOT_FAILED',
      message: expect.stringContaining('QEMU did not start: qemu-system-x86_64: '),
    });
  });
});

it('knows at once the second time what accelerates machines here', async () => {
  const found = await accelerationOf(host);
  expect(['kvm', 'tcg']).toContain(found.accelerator);
  expect(await accelerationOf(createHost({ home: host.home }))).toEqual(found);
});
