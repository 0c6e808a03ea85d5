import { lstatSync, mkdirSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { inTurn } from '../../host/in-turn.ts';
import type { Mount, Namespace } from '../../host/types.ts';
import type { Tree } from '../../model/tree.ts';
import { allOf } from '../../support/all-of.ts';
import { createDisposer } from '../../support/disposer.ts';
import { GildError, noSpace } from '../../support/errors.ts';
import { once } from '../../support/once.ts';
import type { RunOptions, RunResult } from '../../support/process.ts';
import { isOutOfSpace, saysFull } from '../../support/space.ts';
import { environment } from '../environment.ts';
import type { BuildMachine, CaptureOptions, Command, CommandResult, MachineOptions } from '../types.ts';
import { lookUpUser, needsDatabase, rootUser, type User } from '../users.ts';
import { machineMounts, toolbox } from './mounts.ts';
import { execute, layRoot, type MachineRoot, mountTmpfs } from './root.ts';
import type { SandboxContext } from './sandbox.ts';
import { mountSecrets, writeSecrets } from './secrets.ts';
import { layShared } from './shared.ts';

/** Where a runtime that follows a link from /usr/sbin leaves an empty file. */
const stubs = ['/usr/bin/policy-rc.d'];

export async function startMachine(
  context: SandboxContext,
  tree: Tree,
  options: MachineOptions,
): Promise<BuildMachine> {
  options.signal?.throwIfAborted();
  const disposer = createDisposer();
  try {
    const facts = await context.host.facts();
    const scratch = await context.host.scratch('machine');
    disposer.add(() => scratch.release());
    const { network, limits, signal } = options;
    const namespace = await context.host.namespace({ network, limits, signal });
    disposer.add(() => namespace.close());
    const directories = await context.trees.directories(tree.layers, { namespace, signal });
    for (const name of ['run', 'secrets']) mkdirSync(join(scratch.path, name));
    const { shared = [], secrets = new Map() } = options;
    const root = layRoot(scratch.path, directories, { facts, shared });
    const commands = [
      root.mount,
      ...mountRun,
      ...layShared(scratch.path, shared, facts),
      ...(secrets.size > 0 ? [mountSecrets] : []),
    ];
    await execute(namespace, inTurn(commands), scratch.path);
    await writeSecrets(namespace, scratch.path, secrets);
    const mounts = machineMounts(scratch.path, { ...options, facts, hasUsr: root.hasUsr });
    return createMachine({
      ...context,
      options,
      namespace,
      root,
      mounts,
      folder: scratch.path,
      dispose: disposer.dispose,
    });
  } catch (error) {
    await disposer.dispose().catch(() => undefined);
    throw error;
  }
}

interface MachineParts extends SandboxContext {
  readonly options: MachineOptions;
  readonly namespace: Namespace;
  readonly root: MachineRoot;
  readonly mounts: { readonly command: readonly Mount[]; readonly files: readonly Mount[] };
  readonly folder: string;
  readonly dispose: () => Promise<void>;
}

function createMachine(parts: MachineParts): BuildMachine {
  const { namespace, root, options } = parts;
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= parts.dispose();
    return closed;
  };
  const contain = async (argv: readonly string[], as: Contained, run: RunOptions): Promise<RunResult> => {
    root.assertMountable();
    const signals = [options.signal, run.signal].filter((signal) => signal !== undefined);
    const listened = listenForFull(run);
    const result = await namespace.contain(
      {
        root: { path: root.path },
        argv,
        env: as.env ?? environment({}),
        cwd: as.cwd ?? '/',
        user: as.user ?? rootUser,
        mounts: as.mounts ?? parts.mounts.files,
        hostname: 'gild',
      },
      { ...listened.run, ...(signals.length > 0 ? { signal: AbortSignal.any(signals) } : {}) },
    );
    const failed = result.exitCode !== 0 && !result.timedOut && run.terminal !== true;
    if (failed && (await isOutOfSpace(parts.folder, listened.heard()))) throw noSpace();
    return result;
  };
  return {
    os: 'linux',
    toolbox,
    run: (command) => runCommand(parts, contain, command),
    put: (tar) => put(contain, tar),
    get: (path) => get(contain, path),
    reboot: async () => {
      await execute(namespace, inTurn([['busybox', 'umount', 'run'], ...mountRun]), parts.folder);
    },
    mayDiffer: async (name) => lstatSync(join(root.upper, name), { throwIfNoEntry: false }) !== undefined,
    mayHave: async (path) => root.mayHave(path),
    capture: async (capture: CaptureOptions) => {
      const scratch = await parts.host.scratch('captured');
      const upper = join(scratch.path, 'upper');
      const takeUpper = once(async () => {
        await namespace.close();
        await rename(root.upper, upper);
        return upper;
      });
      try {
        const adopting = parts.trees.adopt(takeUpper, { ...capture, stubs, signal: options.signal });
        const [layer] = await allOf([adopting, takeUpper().then(close)]);
        return layer;
      } finally {
        await scratch.release();
      }
    },
    close,
  };
}

interface Contained {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly user?: User;
  readonly mounts?: readonly Mount[];
}

/** Whether what a program writes says that a disk is full. */
function listenForFull(run: RunOptions): { readonly run: RunOptions; heard(): boolean } {
  let heard = false;
  const listen = (take?: (chunk: Buffer) => void) => (chunk: Buffer) => {
    heard ||= saysFull(chunk.toString('latin1'));
    take?.(chunk);
  };
  return {
    run: { ...run, onStdout: listen(run.onStdout), onStderr: listen(run.onStderr) },
    heard: () => heard,
  };
}

type Contain = (argv: readonly string[], as: Contained, run: RunOptions) => Promise<RunResult>;

async function runCommand(parts: MachineParts, contain: Contain, command: Command): Promise<CommandResult> {
  const user = await findUser(contain, command.user ?? 'root');
  const killsBefore = await parts.namespace.outOfMemoryKills();
  const { exitCode, timedOut } = await contain(
    command.argv,
    {
      env: environment({ HOME: user.home, ...parts.options.env, ...command.env }),
      user,
      mounts: parts.mounts.command,
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    },
    {
      ...(command.stdin === undefined ? {} : { stdin: command.stdin }),
      ...(command.onStdout ? { onStdout: command.onStdout } : {}),
      ...(command.onStderr ? { onStderr: command.onStderr } : {}),
      terminal: command.terminal === true,
      timeoutMs: command.timeoutMs,
      signal: command.signal,
    },
  );
  // A shell that goes on after the kill of its child, or waits for nobody, exits 0 all the same.
  const outOfMemory = (await parts.namespace.outOfMemoryKills()) > killsBefore;
  return { exitCode, timedOut, outOfMemory };
}

/** Reads no more than 4 MiB in no more than 10 seconds: the files are the image's, and may be anything. */
async function findUser(contain: Contain, user: string): Promise<User> {
  if (!needsDatabase(user)) return rootUser;
  const read = async (path: string) => {
    const chunks: Buffer[] = [];
    const argv = [...toolbox, 'head', '-c', String(4 << 20), path];
    await contain(argv, {}, { onStdout: (chunk) => chunks.push(chunk), timeoutMs: 10_000 });
    return Buffer.concat(chunks).toString();
  };
  const [passwd, group] = await Promise.all([read('/etc/passwd'), read('/etc/group')]);
  return lookUpUser(user, passwd, group);
}

async function put(contain: Contain, tar: Readable): Promise<void> {
  const said: Buffer[] = [];
  const argv = [...toolbox, 'tar', 'x', '-f', '-', '-C', '/', '--numeric-owner'];
  const { exitCode } = await contain(argv, {}, { stdin: tar, onStderr: (chunk) => said.push(chunk) });
  if (exitCode === 0) return;
  const reason = Buffer.concat(said).toString().trim().slice(-500);
  throw new GildError({
    code: 'STEP_FAILED',
    message: `Files could not be written into the machine: ${reason}`,
  });
}

async function get(contain: Contain, path: string): Promise<Readable> {
  const content = new PassThrough();
  content.on('error', () => undefined);
  const script = '[ -f "$1" ] || exit 66; exec "$0" cat -- "$1"';
  const argv = [...toolbox, 'sh', '-c', script, ...toolbox, path];
  const opened = Promise.withResolvers<void>();
  const fail = (error: unknown) => {
    content.destroy(error as Error);
    opened.reject(error);
  };
  const readStdout = async (stdout: Readable) => {
    stdout.once('data', () => opened.resolve());
    await pipeline(stdout, content, { end: false });
  };
  contain(argv, {}, { readStdout }).then(({ exitCode }) => {
    if (exitCode !== 0)
      return fail(new GildError({ code: 'FILE_NOT_FOUND', message: `The machine has no file ${path}.` }));
    content.end();
    opened.resolve();
  }, fail);
  await opened.promise;
  return content;
}

/** As after a boot: empty but for the folder of locks that every system has. */
const mountRun = [mountTmpfs('size=256m', 'run'), ['busybox', 'mkdir', '-m', '1777', 'run/lock']];
