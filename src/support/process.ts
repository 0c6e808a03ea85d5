import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GildError, noSpace } from './errors.ts';
import { openSocketPair } from './socket-pair.ts';
import { saysFull } from './space.ts';

export interface RunOptions {
  readonly cwd?: string;
  /** The whole environment; nothing is inherited but PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: Readable | Uint8Array | 'inherit';
  readonly onStdout?: (chunk: Buffer) => void;
  readonly onStderr?: (chunk: Buffer) => void;
  /** Reads stdout as it comes; back-pressure reaches the child. */
  readonly readStdout?: (stdout: Readable) => Promise<void>;
  /** Gets stdout piece by piece, for much of it: the memory is used again once the promise is settled. */
  readonly takeStdout?: (bytes: Buffer) => Promise<void>;
  /** Connects all three streams to the terminal. */
  readonly terminal?: boolean;
  /** Called at once with the process id, for programs that run alongside. */
  readonly onSpawn?: (pid: number) => void;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

export interface RunResult {
  /** 128 + signal number where a signal ended it. */
  readonly exitCode: number;
  readonly timedOut: boolean;
}

/**
 * The one way to run a program on the host: an argument array, a process group of its own, killed as a
 * whole on abort or timeout. Throws `HOST_TOOL_MISSING` if the program is not there, and the abort reason.
 */
export async function runProcess(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  options.signal?.throwIfAborted();
  const pair = options.takeStdout && (await openSocketPair(options.takeStdout));
  if (options.signal?.aborted) pair?.input.destroy();
  options.signal?.throwIfAborted();
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? hostPath, LC_ALL: 'C.UTF-8', ...options.env },
    detached: options.terminal !== true,
    stdio: options.terminal ? 'inherit' : [stdinMode(options.stdin), pair?.input ?? 'pipe', 'pipe'],
  });
  pair?.input.destroy();
  if (child.pid !== undefined) options.onSpawn?.(child.pid);
  let timedOut = false;
  const kill = () => killGroup(child);
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          kill();
        }, options.timeoutMs);
  options.signal?.addEventListener('abort', kill, { once: true });
  try {
    const ended = childEnd(child, program);
    const streams = Promise.all([connect(child, options), pair?.finished]);
    streams.catch(kill);
    const exitCode = await ended;
    await streams;
    options.signal?.throwIfAborted();
    return { exitCode, timedOut };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', kill);
    kill();
  }
}

/** Runs a program that is expected to succeed; returns its stdout. Throws with its stderr if it does not. */
export async function output(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const { exitCode } = await runProcess(argv, {
    ...options,
    onStdout: (chunk) => out.push(chunk),
    onStderr: (chunk) => err.push(chunk),
  });
  if (exitCode !== 0) {
    const said = Buffer.concat(err).toString().trim().slice(-2000);
    if (saysFull(said)) throw noSpace(undefined, new Error(said));
    throw new GildError({
      code: 'HOST_UNSUPPORTED',
      message: `\`${argv.join(' ')}\` exited ${exitCode}: ${said}`,
    });
  }
  return Buffer.concat(out).toString();
}

export const hostPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function stdinMode(stdin: RunOptions['stdin']): 'pipe' | 'ignore' | 'inherit' {
  if (stdin === undefined) return 'ignore';
  return stdin === 'inherit' ? 'inherit' : 'pipe';
}

async function connect(child: ChildProcess, options: RunOptions): Promise<void> {
  const jobs: Promise<unknown>[] = [];
  if (child.stdin && options.stdin !== undefined && options.stdin !== 'inherit') {
    jobs.push(feed(child, options.stdin));
  }
  if (child.stdout) {
    if (options.readStdout) jobs.push(options.readStdout(child.stdout));
    else jobs.push(drain(child.stdout, options.onStdout));
  }
  if (child.stderr) jobs.push(drain(child.stderr, options.onStderr));
  await Promise.all(jobs);
}

/** A child that stops reading early is its own business; its exit code tells. */
async function feed(child: ChildProcess, stdin: Readable | Uint8Array): Promise<void> {
  if (!child.stdin) return;
  try {
    await pipeline(stdin instanceof Uint8Array ? [stdin] : stdin, child.stdin);
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code !== 'EPIPE' && code !== 'ERR_STREAM_PREMATURE_CLOSE' && code !== 'ECONNRESET') {
      killGroup(child);
      throw error;
    }
  }
}

async function drain(stream: Readable, onChunk?: (chunk: Buffer) => void): Promise<void> {
  for await (const chunk of stream) onChunk?.(chunk as Buffer);
}

async function childEnd(child: ChildProcess, program: string): Promise<number> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (signal === 'SIGKILL' ? 9 : signal === 'SIGTERM' ? 15 : 1);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    throw new GildError({
      code: 'HOST_TOOL_MISSING',
      message: `The program \`${program}\` is not installed on this host.`,
      hint: 'Run `gild doctor --install`.',
      cause: error,
    });
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
