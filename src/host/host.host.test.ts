import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countIdleTime } from '../../test/support/idle-time.ts';
import { makeCgroup, probeCgroups } from './cgroups.ts';
import { createHost } from './host.ts';
import { leaseOf } from './lease.ts';
import { startTime } from './proc.ts';
import { findProgram } from './programs.ts';
import { reclaim } from './reclaim.ts';
import { removeTree } from './remove-tree.ts';
import type { Container, Host, Namespace } from './types.ts';

const tools = (...argv: string[]): Container => ({
  root: 'host-tools',
  argv,
  env: { PATH: '/usr/bin:/bin' },
});

/** Seconds that no test lives to see the end of, and that no other process on this computer sleeps for. */
const endless = `${10 ** 9 + process.pid}.5`;

describe('this host', () => {
  let host: Host;
  beforeAll(() => {
    host = createHost({ home: mkdtempSync(join(tmpdir(), 'gild-host-')) });
  });
  afterAll(() => removeTree(host, host.home));

  it('is probed once, and then known', async () => {
    const facts = await host.facts();
    expect(['crun', 'runc']).toContain(facts.runtime);
    expect(facts.rootless).toBe(process.getuid?.() !== 0);
    const kept = () => statSync(join(host.home, 'facts', `${process.getuid?.()}.json`)).ino;
    const before = kept();
    expect(await createHost({ home: host.home }).facts()).toEqual(facts);
    expect(kept()).toBe(before);
  });

  it('keeps its home closed to other users', async () => {
    await host.facts();
    expect(statSync(host.home).mode & 0o007).toBe(0);
  });

  it('probes anew when the kept facts are damaged', async () => {
    const facts = await host.facts();
    writeFileSync(join(host.home, 'facts', `${process.getuid?.()}.json`), '{');
    expect(await createHost({ home: host.home }).facts()).toEqual(facts);
  });
});

describe('a namespace', () => {
  let host: Host;
  let namespace: Namespace;
  beforeAll(async () => {
    host = createHost({ home: mkdtempSync(join(tmpdir(), 'gild-host-')) });
    namespace = await host.namespace({ network: 'off' });
  });
  afterAll(async () => {
    await namespace.close();
    await removeTree(host, host.home);
  });

  it('has a root of its own with a range of ids', async () => {
    expect(await textOf(namespace.exec, ['id', '-u'])).toBe('0\n');
    const map = (await textOf(namespace.exec, ['cat', '/proc/self/uid_map'])).trim().split(/\s+/).map(Number);
    expect(map.at(-1)).toBeGreaterThan(65_000);
  });

  it('sees the same paths under the home as the host', async () => {
    const scratch = await host.scratch('test');
    writeFileSync(join(scratch.path, 'file'), 'text', { mode: 0o644 });
    expect(await textOf(namespace.exec, ['cat', join(scratch.path, 'file')])).toBe('text');
    expect(await textOf(namespace.exec, ['cat', 'file'], { cwd: scratch.path })).toBe('text');
    await scratch.release();
    expect(existsSync(scratch.path)).toBe(false);
  });

  it('sees them also where it could not search the folders above the home', async () => {
    const closed = mkdtempSync(join(tmpdir(), 'gild-closed-'));
    const other = createHost({ home: join(closed, 'deep/home') });
    const scratch = await other.scratch('test');
    writeFileSync(join(scratch.path, 'file'), 'text', { mode: 0o644 });
    const inside = await other.namespace({ network: 'off' });
    expect(statSync(closed).mode & 0o077).toBe(0);
    expect(await textOf(inside.exec, ['cat', join(scratch.path, 'file')])).toBe('text');
    await inside.close();
    await removeTree(other, closed);
  });

  it('reaches the outside by a network of its own, but no metadata address', async (context) => {
    const { network } = await host.facts();
    const address = outsideAddress();
    if (network === 'host' || !address) return context.skip('there is no network of its own here');
    const server = createServer((socket) => socket.end('outside\n')).listen(0, address);
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const inside = await host.namespace({ network: 'on' });
    const nc = (to: string) => textOf(inside.contain, tools('busybox', 'nc', '-w', '5', to, String(port)));
    expect(await nc(address)).toBe('outside\n');
    const route = ['busybox', 'ip', 'route', 'get', '169.254.169.254'];
    expect((await inside.exec(route)).exitCode).not.toBe(0);
    await inside.close();
    server.close();
  });

  it('shows a container of host tools their programs and nothing else of the host', async () => {
    expect(await textOf(namespace.contain, tools('tar', '--version'))).toMatch(/tar/);
    expect((await textOf(namespace.contain, tools('ls', '/'))).trim().split('\n')).not.toContain('home');
    expect(await textOf(namespace.contain, tools('ls', '/run', '/tmp'))).toBe('/run:\n\n/tmp:\n');
    expect((await namespace.contain(tools('touch', '/usr/x'))).exitCode).not.toBe(0);
  });

  it('binds folders into a container, read-only if asked', async () => {
    const { ids, rootless } = await host.facts();
    const scratch = await host.scratch('test');
    writeFileSync(join(scratch.path, 'file'), 'text', { mode: 0o644 });
    const mounts = [{ source: scratch.path, target: '/there', readonly: true }];
    expect(await textOf(namespace.contain, { ...tools('cat', '/there/file'), mounts })).toBe('text');
    expect((await namespace.contain({ ...tools('touch', '/there/new'), mounts })).exitCode).not.toBe(0);
    expect(rootless || ids.uid > 65_536).toBe(true);
    await scratch.release();
  });

  it('says when a container cannot be started, apart from a program that fails', async () => {
    await expect(
      namespace.contain({ ...tools('true'), root: { path: '/does/not/exist' } }),
    ).rejects.toMatchObject({
      code: 'HOST_UNSUPPORTED',
    });
    expect((await namespace.contain(tools('false'))).exitCode).toBe(1);
    expect((await namespace.contain(tools('sh', '-c', 'exit 127'))).exitCode).toBe(127);
  });

  it('gives a program streams that it can open by name, and loses nothing of a large output', async () => {
    const script = 'echo out >/dev/stdout; echo err >/dev/stderr; exit 3';
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const { exitCode } = await namespace.contain(tools('sh', '-c', script), {
      onStdout: (chunk) => out.push(chunk),
      onStderr: (chunk) => err.push(chunk),
    });
    expect([Buffer.concat(out).toString(), Buffer.concat(err).toString(), exitCode]).toEqual([
      'out\n',
      'err\n',
      3,
    ]);
    const many = Array.from({ length: 10 }, (_, i) =>
      textOf(namespace.contain, tools('sh', '-c', `yes ${i} | head -c 2000000`)),
    );
    for (const [i, text] of (await Promise.all(many)).entries())
      expect(text).toBe(`${i}\n`.repeat(1_000_000));
  });

  it('is not held up by a program that keeps the lock of its own output', async () => {
    const idleTime = countIdleTime();
    const stdin = new PassThrough();
    stdin.write('text');
    const result = await namespace.contain(tools('busybox', 'cat'), { stdin, timeoutMs: 500 });
    expect(result).toEqual({ exitCode: 137, timedOut: true });
    expect(idleTime()).toBeLessThan(2500);
  });

  it('ends a container also where the runtime is of no help', async () => {
    const { runtime } = await host.facts();
    const folder = mkdtempSync(join(tmpdir(), 'gild-runtime-'));
    chmodSync(folder, 0o755);
    const helpless = `case " $* " in *' kill '*) exit 1 ;; esac\nexec ${findProgram(runtime)} "$@"`;
    writeFileSync(join(folder, runtime), `#!/bin/sh\n${helpless}\n`, { mode: 0o755 });
    const { PATH } = process.env;
    try {
      process.env.PATH = `${folder}:${PATH}`;
      const result = await namespace.contain(tools('sleep', endless), { timeoutMs: 1 });
      expect(result).toEqual({ exitCode: 137, timedOut: true });
      expect(hostProcesses(endless)).toBe(0);
    } finally {
      process.env.PATH = PATH;
      rmSync(folder, { recursive: true });
    }
  });

  it('is refused after it was closed, and its processes are gone', async () => {
    const other = await host.namespace({ network: 'off' });
    const running = other.exec(['sleep', endless]).catch(() => undefined);
    while (hostProcesses(endless) === 0) await delay(5);
    await other.close();
    await running;
    expect(hostProcesses(endless)).toBe(0);
    expect(() => other.exec(['true'])).toThrow('closed');
  });

  it('closes when its signal is aborted', async () => {
    const cancel = new AbortController();
    const other = await host.namespace({ network: 'off', signal: cancel.signal });
    const running = other.contain(tools('sleep', endless)).catch(() => undefined);
    while (hostProcesses(endless) === 0) await delay(5);
    cancel.abort(new Error('stop'));
    await running;
    while (hostProcesses(endless) > 0) await delay(5);
  });
});

describe('scratch', () => {
  it('is removed whatever was put into it', async () => {
    const host = createHost({ home: mkdtempSync(join(tmpdir(), 'gild-host-')) });
    const { rootless, ids } = await host.facts();
    const scratch = await host.scratch('test');
    const namespace = await host.namespace({ network: 'off' });
    const inside = join(scratch.path, 'inside');
    if (!rootless) chownSync(scratch.path, ids.uid, ids.gid);
    const script = [
      'mkdir "$1"; cd "$1"; echo x >file; mkdir -p closed/below; touch closed/below/file; mkfifo fifo; mknod gone c 0 0',
      'ln -s / root; ln file hard; printf x >"$(printf "new\\nline")"; chown -R 1000:1000 closed; chmod 0 closed/below closed file',
      `exec perl -e 'for (1..10000) { mkdir "d" or die; chdir "d" or die }'`,
    ].join('\n');
    expect((await namespace.exec(['sh', '-c', script, 'make', inside])).exitCode).toBe(0);
    await namespace.close();
    await scratch.release();
    expect(existsSync(scratch.path)).toBe(false);
    await removeTree(host, host.home);
  });
});

describe('the limits that can be enforced', () => {
  it('are found also while others clear up', async () => {
    const home = mkdtempSync(join(tmpdir(), 'gild-host-'));
    const host = createHost({ home });
    const { limits } = await host.facts();
    const source = `
      import { createHost } from ${JSON.stringify(join(import.meta.dirname, 'host.ts'))};
      import { reclaim } from ${JSON.stringify(join(import.meta.dirname, 'reclaim.ts'))};
      const host = createHost({ home: ${JSON.stringify(home)} });
      for (process.stdout.write('up'); ; ) await reclaim(host);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    try {
      for (let round = 0; round < 200; round++)
        expect(Object.keys(probeCgroups(leaseOf(home)).parents).sort()).toEqual([...limits].sort());
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
      await removeTree(host, home);
    }
  });
});

describe('a cgroup', () => {
  it('is removed when what is in it has ended, also where that takes its time', async (context) => {
    const home = mkdtempSync(join(tmpdir(), 'gild-host-'));
    const lease = leaseOf(home);
    const layout = probeCgroups(lease);
    if (!layout.parents.pids) context.skip('pids cannot be limited here');
    const cgroup = makeCgroup(layout, { pids: 64 }, lease);
    const child = spawn('sleep', [endless]);
    for (const file of cgroup.joinFiles) writeFileSync(file, String(child.pid));
    const removed = cgroup.remove();
    await delay(500);
    child.kill('SIGKILL');
    await removed;
    expect(cgroup.joinFiles.filter((file) => existsSync(file))).toEqual([]);
    rmSync(home, { recursive: true });
  });
});

describe('a process that was killed', () => {
  it('takes its namespaces with it, and the next run clears up the rest', async () => {
    const host = createHost({ home: mkdtempSync(join(tmpdir(), 'gild-host-')) });
    const { limits, network } = await host.facts();
    const child = await hold(host.home);
    const helpers = () => hostProcesses(endless);
    expect(helpers()).toBeGreaterThan(0);
    const lease = readdirSync(join(host.home, 'leases')).find((id) => id.includes(`-${child.pid}-`)) ?? '';
    const journal = readFileSync(join(host.home, 'leases', lease), 'utf8');
    if (limits.length > 0) expect(journal).toMatch(/^cgroup /m);
    expect(journal.match(/^process /gm)).toHaveLength(network === 'slirp4netns' ? 2 : 1);
    expect(await reclaim(host)).toEqual([]);

    child.kill('SIGKILL');
    await once(child, 'exit');
    while (helpers() > 0) await delay(5);
    expect(await reclaim(host)).toEqual([lease]);
    expect(readdirSync(join(host.home, 'scratch')).filter((id) => id === lease)).toEqual([]);
    for (const [, path = ''] of journal.matchAll(/^cgroup (.*)$/gm)) expect(existsSync(path)).toBe(false);
    for (const [, pid] of journal.matchAll(/^process (\d+) /gm))
      expect(startTime(Number(pid))).toBeUndefined();
    expect(await reclaim(host)).toEqual([]);
    await removeTree(host, host.home);
  });
});

/** Another process with a namespace, a network, limits and a scratch folder, all in use. */
async function hold(home: string): Promise<ChildProcess> {
  const source = `
    import { createHost } from ${JSON.stringify(join(import.meta.dirname, 'host.ts'))};
    const host = createHost({ home: ${JSON.stringify(home)} });
    await host.scratch('held');
    const namespace = await host.namespace({ network: 'on', limits: { memory: 2 ** 28, pids: 64 } });
    namespace.contain({ root: 'host-tools', env: { PATH: '/usr/bin' }, argv: ['sh', '-c', 'sleep ${endless} & echo up; wait'] },
      { onStdout: (chunk) => process.stdout.write(chunk) });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

function outsideAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flat();
  return addresses.find((address) => address?.family === 'IPv4' && !address.internal)?.address;
}

type Runner<T> = (what: T, options: { onStdout: (chunk: Buffer) => void; cwd?: string }) => Promise<unknown>;

async function textOf<T>(runner: Runner<T>, what: T, options: { cwd?: string } = {}): Promise<string> {
  const chunks: Buffer[] = [];
  await runner(what, { ...options, onStdout: (chunk) => chunks.push(chunk) });
  return Buffer.concat(chunks).toString();
}

function hostProcesses(text: string): number {
  return readdirSync('/proc').filter((entry) => {
    try {
      return /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/cmdline`, 'latin1').includes(text);
    } catch {
      return false;
    }
  }).length;
}
