import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countIdleTime } from '../../test/support/idle-time.ts';
import { kernelSettings } from '../../test/support/kernel-settings.ts';
import type { Tree } from '../model/tree.ts';
import type { Command, CommandResult, Machine, MachineOptions, Platform } from './types.ts';

export interface MachineFixture {
  readonly platform: Platform;
  /** A busybox system with a user `app` (1234, group 2345, also in 77; home /srv/app). */
  readonly tree: Tree;
  /** Those that can be enforced here. */
  readonly limits: readonly string[];
  /** A new empty folder on the host, as a shared folder is. */
  makeShared(): Promise<string>;
  release(): Promise<void>;
}

interface Outcome extends CommandResult {
  readonly stdout: string;
  readonly stderr: string;
}

const seven = 0x80_00_00_db;

/** Seconds that no test lives to see the end of, and that no other process on this computer sleeps for. */
const endless = `${10 ** 9 + process.pid}.5`;

/** What every platform's machines do. */
export function describeMachines(name: string, setUp: () => Promise<MachineFixture>): void {
  describe(`a machine of the platform ${name}`, () => {
    let fixture: MachineFixture;
    const open: Machine[] = [];
    beforeAll(async () => {
      fixture = await setUp();
    });
    afterAll(async () => {
      for (const machine of open) await machine.close();
      await fixture.release();
    });
    const start = async (options: Partial<MachineOptions> = {}, tree = fixture.tree) => {
      const machine = await fixture.platform.start(tree, { network: 'off', limits: {}, ...options });
      open.push(machine);
      return machine;
    };

    it('runs a program and tells its exit code and both of its outputs', async () => {
      const machine = await start();
      const result = await sh(machine, 'echo out; echo err >&2; exit 3');
      expect(result).toMatchObject({
        exitCode: 3,
        stdout: 'out\n',
        stderr: 'err\n',
        timedOut: false,
        outOfMemory: false,
      });
    });

    it('says 127 where there is no such program', async () => {
      const machine = await start();
      expect((await run(machine, { argv: ['no-such-program'] })).exitCode).toBe(127);
      expect((await run(machine, { argv: ['/no/such/program'] })).exitCode).toBe(127);
    });

    it('keeps files from one command to the next, and /run until a reboot', async () => {
      const machine = await start();
      await sh(machine, 'echo a >/file; echo b >/tmp/file; echo c >/run/file');
      expect((await sh(machine, 'cat /file /tmp/file /run/file')).stdout).toBe('a\nb\nc\n');
      await machine.reboot();
      expect((await sh(machine, 'cat /file /tmp/file; ls /run/file')).stdout).toBe('a\nb\n');
    });

    it('gives a fixed environment, under that of the machine, under that of the command', async () => {
      const machine = await start({ env: { A: 'machine', B: 'machine' } });
      const { stdout } = await run(machine, { argv: ['env'], env: { B: 'command' } });
      expect(stdout.trim().split('\n').sort()).toEqual([
        'A=machine',
        'B=command',
        'DEBIAN_FRONTEND=noninteractive',
        'HOME=/root',
        'LC_ALL=C.UTF-8',
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        'TZ=UTC',
      ]);
      expect((await run(machine, { argv: ['hostname'] })).stdout).toBe('gild\n');
    });

    it('runs as a user of the image, with its groups and home, or as numbers', async () => {
      const machine = await start();
      const id = 'echo $(id -u) $(id -g) $(id -G) $HOME';
      expect((await sh(machine, id)).stdout).toBe('0 0 0 /root\n');
      expect((await sh(machine, id, { user: 'app' })).stdout).toBe('1234 2345 2345 77 /srv/app\n');
      expect((await sh(machine, id, { user: '1234' })).stdout).toBe('1234 2345 2345 77 /srv/app\n');
      expect((await sh(machine, id, { user: '5:6' })).stdout).toBe('5 6 6 /\n');
      await expect(sh(machine, id, { user: 'nobody-here' })).rejects.toThrow('no user');
    });

    it('is not kept waiting by a user database that never ends', async () => {
      const machine = await start();
      await sh(machine, 'rm /etc/passwd; ln -s /dev/zero /etc/passwd');
      await expect(sh(machine, 'true', { user: 'app' })).rejects.toThrow('no user');
    });

    it('has nothing on stdin unless given', async () => {
      const machine = await start();
      expect((await sh(machine, 'cat; echo end')).stdout).toBe('end\n');
      expect((await run(machine, { argv: ['cat'], stdin: Buffer.from('text') })).stdout).toBe('text');
      expect((await run(machine, { argv: ['cat'], stdin: Readable.from(['a', 'b']) })).stdout).toBe('ab');
    });

    it('passes bytes that are no text', async () => {
      const machine = await start();
      const chunks: Buffer[] = [];
      await machine.run({ argv: ['printf', '\\377\\376\\000x'], onStdout: (chunk) => chunks.push(chunk) });
      expect(Buffer.concat(chunks).toString('hex')).toBe('fffe0078');
    });

    it('streams large output', async () => {
      const machine = await start();
      const hash = createHash('sha256');
      let size = 0;
      await machine.run({
        argv: ['head', '-c', '67108864', '/dev/zero'],
        onStdout: (chunk) => {
          size += chunk.length;
          hash.update(chunk);
        },
      });
      expect(size).toBe(67_108_864);
      expect(hash.digest('hex')).toBe('3b6a07d0d404fab4e23b6d34bc6696a6a312dd92821332385e5af7c01c421351');
    });

    it('leaves nothing running after a command, whatever it did to stay', async () => {
      const machine = await start();
      const idleTime = countIdleTime();
      const script = `for i in $(seq 20); do
          (trap "" TERM HUP INT; setsid sh -c "trap \\"\\" TERM HUP INT; while :; do sleep ${endless}; done" &) &
        done
        until [ $(grep -l ${endless} /proc/[0-9]*/cmdline | wc -l) -ge 40 ]; do sleep 0.1; done
        echo up`;
      expect((await sh(machine, script)).stdout).toBe('up\n');
      expect(idleTime()).toBeLessThan(2300);
      expect(Number((await sh(machine, 'ls -d /proc/[0-9]* | wc -l')).stdout)).toBeLessThan(6);
      expect(hostProcesses(endless)).toBe(0);
    });

    it('ends everything in time when a command takes too long or is cancelled', async () => {
      const machine = await start();
      const script = `for i in 1 2 3; do setsid sh -c "trap \\"\\" TERM; while :; do sleep 0.1; done" & done; sleep ${endless}`;
      let idleTime = countIdleTime();
      expect(await sh(machine, script, { timeoutMs: 300 })).toMatchObject({ timedOut: true, exitCode: 137 });
      expect(idleTime()).toBeLessThan(2300);
      expect(hostProcesses(endless)).toBe(0);
      idleTime = countIdleTime();
      const reason = new Error('stop');
      const cancel = new AbortController();
      const running = sh(machine, `echo ready; ${script}`, {
        signal: cancel.signal,
        onStdout: () => cancel.abort(reason),
      });
      await expect(running).rejects.toBe(reason);
      expect(idleTime()).toBeLessThan(2300);
      expect(hostProcesses(endless)).toBe(0);
      expect((await sh(machine, 'echo alive')).stdout).toBe('alive\n');
    });

    it('gives exactly seven capabilities, no new privileges, and a system call filter', async () => {
      const machine = await start();
      const { stdout } = await sh(machine, 'grep -E "^(Cap|NoNewPrivs|Seccomp:)" /proc/self/status');
      const value = (field: string) => new RegExp(`^${field}:\\s+(\\S+)$`, 'm').exec(stdout)?.[1];
      for (const field of ['CapPrm', 'CapEff', 'CapBnd']) expect(Number(`0x${value(field)}`)).toBe(seven);
      for (const field of ['CapInh', 'CapAmb']) expect(Number(`0x${value(field)}`)).toBe(0);
      expect([value('NoNewPrivs'), value('Seccomp')]).toEqual(['1', '2']);
    });

    it('refuses mounts, new namespaces and devices', async () => {
      const machine = await start();
      for (const command of [
        'mount -t tmpfs x /tmp',
        'unshare -U true',
        'unshare -m true',
        'mknod /disk b 254 0',
        'mount -o remount,rw /proc/sys',
        'umount /proc/sys',
        'hostname other',
        'dmesg',
        'chroot / /bin/true',
        'swapoff -a && false',
      ]) {
        expect((await sh(machine, command)).exitCode, command).not.toBe(0);
      }
    });

    it('lets no kernel setting be written, and leaves those of the host as they were', async () => {
      const machine = await start({ network: 'loopback' });
      const before = settings();
      const { stdout } = await sh(
        machine,
        'for f in $(find /proc/sys -type f); do if sh -c "cat $f >$f" 2>/dev/null; then echo $f; fi; done; echo done',
      );
      expect(stdout).toBe('done\n');
      expect((await sh(machine, 'echo b >/proc/sysrq-trigger')).exitCode).not.toBe(0);
      expect(settings()).toEqual(before);
    });

    it('shows no file and no device of the host, and no open descriptor but three', async () => {
      const machine = await start();
      expect((await sh(machine, 'ls /')).stdout.trim().split('\n')).toEqual([
        'bin',
        'dev',
        'etc',
        'proc',
        'root',
        'run',
        'sys',
        'tmp',
        'usr',
      ]);
      expect((await sh(machine, 'ls /sys')).stdout).toBe('');
      expect(
        (await sh(machine, 'ls /dev')).stdout
          .trim()
          .split('\n')
          .filter((entry) => !harmless.has(entry)),
      ).toEqual([]);
      expect((await sh(machine, 'ls /proc/self/fd')).stdout).toBe('0\n1\n2\n3\n');
      expect((await sh(machine, 'cat /proc/kcore /proc/keys /proc/timer_list | wc -c')).stdout.trim()).toBe(
        '0',
      );
      expect((await sh(machine, 'cat /proc/self/cgroup')).stdout).not.toMatch(/gild/);
    });

    it('has no network when off, and its own loopback when asked', async () => {
      const off = await start();
      expect((await sh(off, 'ping -c1 -W1 127.0.0.1; ip route')).exitCode).toBe(0);
      expect((await sh(off, 'cat /sys/class/net/lo/flags; ip link show lo')).stdout).not.toMatch(
        /[<,]UP[,>]/,
      );
      const loopback = await start({ network: 'loopback' });
      const talk = 'nc -l -p 8000 -e echo hello & until nc 127.0.0.1 8000 </dev/null; do sleep 0.1; done';
      expect((await sh(loopback, talk)).stdout).toBe('hello\n');
      expect((await sh(loopback, 'ip route')).stdout).toBe('');
    });

    it('cannot reach what listens on the host unless the host network is all there is', async () => {
      const server = createServer((socket) => socket.end('host\n')).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as { port: number };
      const notes = await fixture.platform.describe();
      const shared = notes.some((note) => note.includes("the host's own network"));
      for (const network of ['off', 'loopback', ...(shared ? [] : (['on'] as const))] as const) {
        const machine = await start({ network });
        for (const address of ['127.0.0.1', '10.0.2.2']) {
          const { stdout } = await sh(machine, `nc -w 2 ${address} ${port} </dev/null`);
          expect(stdout, `${network} ${address}`).toBe('');
        }
      }
      server.close();
    });

    it('lays a shared folder over one that it cannot change', async () => {
      const source = await fixture.makeShared();
      const below = await fixture.makeShared();
      const target = '/var/cache/things';
      const earlier = await start({ shared: [{ target: '/run/gild/things', source: below }] });
      await sh(earlier, 'cd /run/gild/things; echo from below | tee a b');
      await earlier.close();
      const shared = [{ target, source, below }];
      const first = await start({ shared });
      const change = 'cd /var/cache/things; cat a; echo changed > a; rm b; echo new > c; ls';
      expect((await sh(first, change)).stdout).toBe('from below\na\nc\n');
      await first.close();
      expect((await sh(await start({ shared }), 'cd /var/cache/things; cat *')).stdout).toBe(
        'changed\nnew\n',
      );
      expect(readdirSync(below)).toEqual(['a', 'b']);
      expect(readFileSync(join(below, 'a'), 'utf8')).toBe('from below\n');
    });

    it('keeps secrets in memory: readable in a command, gone from the layer', async () => {
      const machine = await start({ secrets: new Map([['token', 'se cr\net']]) });
      expect((await sh(machine, 'cat /run/secrets/token')).stdout).toBe('se cr\net');
      expect((await sh(machine, 'stat -c "%a %u" /run/secrets/token')).stdout).toBe('400 0\n');
      expect((await sh(machine, 'cat /run/secrets/token', { user: 'app' })).exitCode).not.toBe(0);
      expect((await sh(machine, 'echo x >/run/secrets/token')).exitCode).not.toBe(0);
      await machine.reboot();
      expect((await sh(machine, 'cat /run/secrets/token')).stdout).toBe('se cr\net');
      const layer = await machine.capture({ epoch: 0, createdBy: 'test' });
      const next = await start({}, { layers: [...fixture.tree.layers, layer] });
      expect(
        (await sh(next, 'find /run /etc -type f -newer /bin/busybox; ls /run/secrets')).stdout,
      ).not.toMatch(/token/);
    });

    it('captures what changed and nothing that it mounted', async () => {
      const machine = await start({ network: 'loopback' });
      await sh(
        machine,
        'echo new >/new; rm /etc/group; mkdir /folder; ln -s new /link; chown 5:6 /folder; chmod 2750 /folder',
      );
      const differ = ['new', 'etc', 'folder', 'srv'].map((name) => machine.mayDiffer(name));
      expect(await Promise.all(differ)).toEqual([true, true, true, false]);
      const layer = await machine.capture({ epoch: 0, createdBy: 'test' });
      const next = await start({}, { layers: [...fixture.tree.layers, layer] });
      const paths = ['new', 'bin/busybox', 'link/any', 'bin/none', 'none/any'];
      expect(await Promise.all(paths.map((path) => next.mayHave(path)))).toEqual([
        true,
        true,
        true,
        false,
        false,
      ]);
      expect((await sh(next, 'cat /link; stat -c "%a %u %g" /folder; ls /etc/group')).stdout).toBe(
        'new\n2750 5 6\n',
      );
      const list = async (machineAt: Machine) =>
        (await run(machineAt, { argv: [...machineAt.toolbox, 'find', '/', '-xdev'] })).stdout
          .split('\n')
          .sort();
      const before = await list(await start());
      const added = (await list(next)).filter((path) => !before.includes(path));
      expect(added).toEqual(['/folder', '/link', '/new']);
    });

    it('takes files in with owners and modes, and gives them out', async () => {
      const machine = await start();
      await machine.put(
        Readable.from([tarOf('srv/deep/file', 'content', { mode: 0o4750, uid: 1234, gid: 2345 })]),
      );
      expect((await sh(machine, 'stat -c "%a %u %g" /srv/deep/file')).stdout).toBe('4750 1234 2345\n');
      const chunks: Buffer[] = [];
      for await (const chunk of await machine.get('/srv/deep/file')) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).toString()).toBe('content');
      await expect(machine.get('/srv/none')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
      await expect(machine.get('/srv')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    });

    it('writes in nothing but the image where links lead out of it', async () => {
      const machine = await start();
      await sh(machine, 'ln -s /proc/1/root/../../../../tmp /srv');
      await machine.put(Readable.from([tarOf('srv/gild-escape-canary', 'content', {})]));
      expect(readdirSync('/tmp')).not.toContain('gild-escape-canary');
    });

    it('contains a fork bomb', async (context) => {
      if (!fixture.limits.includes('pids')) context.skip('pids cannot be limited here');
      const machine = await start({ limits: { pids: 100 } });
      const result = await sh(machine, 'b() { b | b & }; b; sleep 60', { timeoutMs: 1500 });
      expect(result.exitCode).not.toBe(0);
      expect((await sh(machine, 'echo alive')).stdout).toBe('alive\n');
    });

    it('tells that memory ran out', async (context) => {
      if (!fixture.limits.includes('memory')) context.skip('memory cannot be limited here');
      const machine = await start({ limits: { memory: 48 << 20 } });
      const result = await sh(machine, 'tail -c 200000000 /dev/zero >/dev/null');
      expect(result).toMatchObject({ outOfMemory: true });
      expect(result.exitCode).not.toBe(0);
      const covered = await sh(machine, 'tail -c 200000000 /dev/zero >/dev/null; true');
      expect(covered).toMatchObject({ exitCode: 0, outOfMemory: true });
      expect(await sh(machine, 'exit 1')).toMatchObject({ exitCode: 1, outOfMemory: false });
    });

    it('does not start a command in a root whose mount points became links', async () => {
      const machine = await start();
      await sh(machine, 'mkdir /srv; rm -rf /etc/* ; mv /sys /sys2; ln -s /tmp /sys');
      await expect(sh(machine, 'true')).rejects.toMatchObject({ code: 'STEP_FAILED' });
    });

    it('can be closed twice, and closes by its signal', async () => {
      const machine = await start();
      await machine.close();
      await machine.close();
      const cancel = new AbortController();
      const other = await start({ signal: cancel.signal });
      const running = sh(other, `sleep ${endless}`);
      cancel.abort(new Error('stop'));
      await expect(running).rejects.toThrow('stop');
      expect(hostProcesses(endless)).toBe(0);
    });

    it('starts from a tree without layers, with the toolbox alone', async () => {
      const machine = await start({}, { layers: [] });
      const { stdout } = await run(machine, {
        argv: [...machine.toolbox, 'sh', '-c', 'echo hello >/file; cat /file'],
      });
      expect(stdout).toBe('hello\n');
    });
  });
}

const harmless = new Set(
  'core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero console'.split(' '),
);

function sh(machine: Machine, script: string, command: Partial<Command> = {}): Promise<Outcome> {
  return run(machine, { ...command, argv: ['/bin/sh', '-c', script] });
}

async function run(machine: Machine, command: Command): Promise<Outcome> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const result = await machine.run({
    ...command,
    onStdout: (chunk) => {
      out.push(chunk);
      command.onStdout?.(chunk);
    },
    onStderr: (chunk) => err.push(chunk),
  });
  return { ...result, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
}

/** Processes of this computer, in whatever namespace, whose command line contains a text. */
function hostProcesses(text: string): number {
  return readdirSync('/proc').filter(
    (entry) => /^\d+$/.test(entry) && readOr(`/proc/${entry}/cmdline`).includes(text),
  ).length;
}

/** Of the kernel, but those that change by themselves. */
function settings(): [string, string][] {
  const moving = /random|ns_last_pid|pty|sched_domain|perf_/;
  return [...kernelSettings('/proc/sys/kernel')].filter(([path]) => !moving.test(path));
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function tarOf(path: string, content: string, entry: { mode?: number; uid?: number; gid?: number }): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number) =>
    header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at);
  header.write(path, 0);
  octal(entry.mode ?? 0o644, 100, 8);
  octal(entry.uid ?? 0, 108, 8);
  octal(entry.gid ?? 0, 116, 8);
  octal(content.length, 124, 12);
  octal(0, 136, 12);
  header.write('        0', 148);
  header.write('ustar\x0000', 257);
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  header.write(' ', 155);
  const body = Buffer.alloc(512 * Math.ceil(content.length / 512));
  body.write(content);
  return Buffer.concat([header, body, Buffer.alloc(1024)]);
}
