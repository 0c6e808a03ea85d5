import { readFileSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { PassThrough } from 'node:stream';
import { allOf } from '../support/all-of.ts';
import { GildError } from '../support/errors.ts';
import { output, runProcess } from '../support/process.ts';
import type { Holder } from './holder.ts';
import type { Lease } from './lease.ts';
import { startTime } from './proc.ts';

/** What slirp4netns answers names on. */
export const slirpResolver = 'nameserver 10.0.2.3\n';

/** Cloud metadata services give out credentials; they live on link-local addresses. */
const unreachable = ['169.254.0.0/16'];
const readyWithinMs = 10_000;

/**
 * Connects the namespace to the outside by slirp4netns, which itself goes when we do: it watches its stdin. The
 * host's loopback and the metadata addresses stay out of reach.
 */
export async function connectNetwork(holder: Holder, lease: Lease): Promise<{ close(): Promise<void> }> {
  const stdin = new PassThrough();
  const stop = new AbortController();
  const ready = Promise.withResolvers<void>();
  const said: Buffer[] = [];
  const ended = runProcess(slirpCommand(holder.pid), {
    stdin,
    signal: stop.signal,
    onSpawn: (pid) => lease.note({ kind: 'process', pid, start: startTime(pid) ?? '' }),
    onStdout: (chunk) => chunk.includes('1') && ready.resolve(),
    onStderr: (chunk) => said.push(chunk),
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  const close = async () => {
    stop.abort();
    await ended;
  };
  const timer = setTimeout(() => stop.abort(), readyWithinMs);
  const failed = ended.then((error) => {
    if (error instanceof GildError) throw error;
    const reason = Buffer.concat(said).toString().trim().split('\n').at(-1);
    throw new GildError({
      code: 'HOST_UNSUPPORTED',
      message: `slirp4netns does not work here: ${reason || 'no answer'}`,
    });
  });
  failed.catch(() => undefined);
  try {
    await allOf([
      Promise.race([ready.promise, failed]),
      ...unreachable.map((range) => refuseRoute(holder, range)),
    ]);
  } catch (error) {
    await close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return { close };
}

export async function startLoopback(holder: Holder): Promise<void> {
  await output(holder.enter(['busybox', 'ip', 'link', 'set', 'lo', 'up']));
}

/**
 * In a network of its own, any user may listen on port 80 and may ping: no capability has to guard what nobody
 * else can reach.
 */
export async function allowLowPorts(holder: Holder): Promise<void> {
  const settings = ['net.ipv4.ip_unprivileged_port_start=0', 'net.ipv4.ping_group_range=0 65534'];
  await output(holder.enter(['busybox', 'sysctl', '-qw', ...settings]));
}

/** Lets host programs in the namespace find names although the host's resolver is out of reach. */
export async function provideResolver(holder: Holder, file: string): Promise<void> {
  const target = realpathOr('/etc/resolv.conf');
  if (!target.startsWith('/run/')) {
    await output(holder.enter(['mount', '--bind', file, target]));
    return;
  }
  await output(holder.enter(['mkdir', '-p', dirname(target)]));
  await output(holder.enter(['cp', file, target]));
}

export function hostResolver(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8');
  } catch {
    return '';
  }
}

/** Both descriptors are those that every program has: it says it is ready on stdout, and goes when stdin closes. */
function slirpCommand(pid: number): string[] {
  const options = [
    '--configure',
    '--mtu=65520',
    '--disable-host-loopback',
    '--enable-sandbox',
    '--enable-seccomp',
  ];
  return ['slirp4netns', ...options, '--ready-fd=1', '--exit-fd=0', String(pid), 'tap0'];
}

async function refuseRoute(holder: Holder, range: string): Promise<void> {
  await output(holder.enter(['busybox', 'ip', 'route', 'add', 'unreachable', range]));
}

function realpathOr(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
