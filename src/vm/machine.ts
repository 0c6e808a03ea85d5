import { createReadStream } from 'node:fs';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { requireProgram } from '../host/programs.ts';
import type { Command, CommandResult, Machine } from '../platforms/types.ts';
import { unreachable } from '../platforms/unreachable.ts';
import { lookUpUser, needsDatabase, rootUser, type User } from '../platforms/users.ts';
import { GildError } from '../support/errors.ts';
import { endScope, quote, remoteCommand } from './remote-command.ts';
import { noConnection, type Ssh } from './ssh.ts';

/** For the end of a command that was told to end; a machine that hangs ends with the last one who waits for it. */
const patienceMs = 10_000;

const toolboxPath = '/run/gild/busybox';

export interface RemoteMachineOptions {
  readonly ssh: Ssh;
  /**
   * Waits until the machine lets us in and is set up; called once for each boot. Throws `MACHINE_UNREACHABLE`, and
   * `BOOT_FAILED` if it is not set up in time.
   */
  readonly letIn: () => Promise<void>;
  /** Counts the boots. */
  readonly boot: () => number;
  readonly restart: () => Promise<unknown>;
  readonly close: () => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** A machine that is reached over SSH as its root, with the first command and again after each restart. */
export function createRemoteMachine(options: RemoteMachineOptions): Machine {
  const { ssh, signal } = options;
  const toolbox = [toolboxPath];
  const entered = new Map<number, Promise<void>>();
  let commands = 0;
  const enter = (): Promise<void> => {
    const boot = options.boot();
    const entering = entered.get(boot) ?? options.letIn().then(() => placeToolbox(ssh));
    entered.set(boot, entering);
    entering.catch(() => undefined);
    return entering;
  };
  const run = async (command: Command): Promise<CommandResult> => {
    await Promise.race([enter(), rejectedBy(command.signal)]);
    const user = await findUser(ssh, command.user ?? 'root');
    const id = ++commands;
    return runRemotely({ ssh, id, command, text: remoteCommand({ id, command, user }), ended: signal });
  };
  return {
    os: 'linux',
    toolbox,
    run,
    put: (tar) => put(run, toolbox, tar),
    get: async (path) => {
      await enter();
      return get(ssh, path);
    },
    reboot: async () => {
      await options.restart();
    },
    close: options.close,
  };
}

function rejectedBy(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** A program of the host's that needs nothing of the image's. Systems let nothing be run from their own memory disks. */
async function placeToolbox(ssh: Ssh): Promise<void> {
  const mount = 'mkdir -p /run/gild && mount -t tmpfs -o mode=0755,nosuid,nodev,size=16m gild /run/gild';
  const said: Buffer[] = [];
  const { exitCode } = await ssh.run(`${mount} && cat > ${toolboxPath} && chmod 755 ${toolboxPath}`, {
    stdin: createReadStream(requireProgram('busybox')),
    onStderr: (chunk) => void said.push(chunk),
  });
  if (exitCode === 0) return;
  const reason = Buffer.concat(said).toString().trim().slice(-500);
  throw unreachable(
    exitCode === noConnection
      ? `the connection broke: ${reason}`
      : `nothing can be mounted at its /run: ${reason}`,
  );
}

interface RemoteRun {
  readonly ssh: Ssh;
  readonly id: number;
  readonly command: Command;
  /** What the login shell reads. */
  readonly text: string;
  readonly ended: AbortSignal | undefined;
}

async function runRemotely({ ssh, id, command, text, ended }: RemoteRun): Promise<CommandResult> {
  const signals = [ended, command.signal].filter((signal) => signal !== undefined);
  const signal = AbortSignal.any(signals);
  signal.throwIfAborted();
  let timedOut = false;
  const giveUp = new AbortController();
  let patience: NodeJS.Timeout | undefined;
  const stop = () => {
    patience = setTimeout(() => giveUp.abort(), patienceMs);
    void ssh.run(endScope(id), { signal: giveUp.signal }).catch(() => undefined);
  };
  const onTime = () => {
    timedOut = true;
    stop();
  };
  const timer = command.timeoutMs === undefined ? undefined : setTimeout(onTime, command.timeoutMs);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const { exitCode } = await ssh.run(text, {
      ...(command.stdin !== undefined && { stdin: command.stdin }),
      ...(command.onStdout && { onStdout: command.onStdout }),
      ...(command.onStderr && { onStderr: command.onStderr }),
      terminal: command.terminal === true,
      signal: giveUp.signal,
    });
    signal.throwIfAborted();
    if (exitCode === noConnection && !timedOut) throw unreachable('the connection broke');
    return { exitCode: timedOut ? 137 : exitCode, timedOut, outOfMemory: false };
  } catch (error) {
    signal.throwIfAborted();
    if (giveUp.signal.aborted) return { exitCode: 137, timedOut, outOfMemory: false };
    throw error;
  } finally {
    clearTimeout(timer);
    clearTimeout(patience);
    signal.removeEventListener('abort', stop);
  }
}

async function findUser(ssh: Ssh, user: string): Promise<User> {
  if (!needsDatabase(user)) return rootUser;
  const read = async (path: string) => {
    const chunks: Buffer[] = [];
    await ssh.run(`${toolboxPath} head -c 4194304 ${path}`, { onStdout: (chunk) => chunks.push(chunk) });
    return Buffer.concat(chunks).toString();
  };
  const [passwd, group] = await Promise.all([read('/etc/passwd'), read('/etc/group')]);
  return lookUpUser(user, passwd, group);
}

async function put(run: Machine['run'], toolbox: readonly string[], tar: Readable): Promise<void> {
  const said: Buffer[] = [];
  const argv = [...toolbox, 'tar', 'x', '-f', '-', '-C', '/', '--numeric-owner'];
  const { exitCode } = await run({ argv, stdin: tar, onStderr: (chunk) => said.push(chunk) });
  if (exitCode === 0) return;
  const reason = Buffer.concat(said).toString().trim().slice(-500);
  throw new GildError({
    code: 'STEP_FAILED',
    message: `Files could not be written into the machine: ${reason}`,
  });
}

async function get(ssh: Ssh, path: string): Promise<Readable> {
  const quoted = quote(path);
  const { exitCode } = await ssh.run(`[ -f ${quoted} ]`);
  if (exitCode !== 0)
    throw new GildError({ code: 'FILE_NOT_FOUND', message: `The machine has no file ${path}.` });
  const content = new PassThrough();
  const fail = (error: unknown) => void content.destroy(error as Error);
  ssh
    .run(`${toolboxPath} cat -- ${quoted}`, {
      readStdout: (stdout) => pipeline(stdout, content, { end: false }),
    })
    .then(({ exitCode: status }) => {
      if (status === 0) content.end();
      else fail(unreachable(`reading ${path} broke off`));
    }, fail);
  return content;
}
