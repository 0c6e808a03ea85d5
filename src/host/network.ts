import { readFileSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { PassThrough } from 'node:stream';
import { GildError } from '../support/errors.ts';
import { runProcess } from '../support/process.ts';
import type { Holder } from './holder.ts';
import type { Lease } from './lease.ts';
import { startTime } from './proc.ts';

/** What slirp4netns answers names on. */
export const slirpResolver = 'nameserver 10.0.2.3\n';

/** For the namespace's root, before anything else runs there. */
type Command = readonly string[];

export interface Network {
  /** Ends it, and waits until it is gone. */
  close(): Promise<void>;
}

/** It takes a moment; on a busy host a long one, and giving up would mean to do without a network of its own. */
const readyWithinMs = 60_000;

/**
 * Connects the namespace to the outside by slirp4netns, which itself goes when we do: it watches its stdin. The
 * host's loopback stays out of reach.
 */
export async function connectNetwork(holder: Holder, lease: Lease): Promise<Network> {
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
    await Promise.race([ready.promise, failed]);
  } catch (error) {
    await close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return { close };
}

export const startLoopback: Command = ['busybox', 'ip', 'link', 'set', 'lo', 'up'];

/**
 * In a network of its own, any user may listen on port 80 and may ping: no capability has to guard what nobody
 * else can reach.
 */
export const allowLowPorts: Command = [
  'busybox',
  'sysctl',
  '-qw',
  'net.ipv4.ip_unprivileged_port_start=0',
  'net.ipv4.ping_group_range=0 65534',
];

/** Cloud metadata services give out credentials; they live on link-local addresses. */
export const refuseMetadata: Command = ['busybox', 'ip', 'route', 'add', 'unreachable', '169.254.0.0/16'];

/** Lets host programs in the namespace find names although the host's resolver is out of reach. */
export function provideResolver(file: string): readonly Command[] {
  const target = realpathOr('/etc/resolv.conf');
  if (!target.startsWith('/run/')) return [['busybox', 'mount', '-o', 'bind', file, target]];
  return [
    ['busybox', 'mkdir', '-p', dirname(target)],
    ['busybox', 'cp', file, target],
  ];
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

function realpathOr(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
