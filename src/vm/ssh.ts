import { join } from 'node:path';
import type { Namespace } from '../host/types.ts';
import type { RunOptions, RunResult } from '../support/process.ts';

/** A way into one machine, with a key of its own. */
export interface Ssh {
  readonly publicKey: string;
  /** The argument array that runs `command`, which the machine's login shell reads, or opens a shell without one. */
  argv(command?: string): string[];
  /** The exit code is that of the command, or 255 where the connection failed. */
  run(command?: string, options?: RunOptions): Promise<RunResult>;
}

export interface SshOptions {
  /** Private to this run; the namespace's root owns it. */
  readonly folder: string;
  /** Of the namespace's loopback. */
  readonly port: number;
  readonly namespace: Namespace;
}

/** The exit code with which `ssh` says that there is no connection. */
export const noConnection = 255;

export async function createSsh({ folder, port, namespace }: SshOptions): Promise<Ssh> {
  const key = join(folder, 'key');
  const publicKey = await makeKey(namespace, key);
  const settings = {
    // The machine is ours and new: nobody else can answer on that port, and its host key is new too.
    StrictHostKeyChecking: 'no',
    UserKnownHostsFile: '/dev/null',
    GlobalKnownHostsFile: '/dev/null',
    IdentitiesOnly: 'yes',
    IdentityFile: key,
    PreferredAuthentications: 'publickey',
    ConnectTimeout: '10',
    ServerAliveInterval: '15',
    LogLevel: 'ERROR',
    ControlMaster: 'auto',
    ControlPersist: 'no',
    // From the folder that it runs in: a socket's whole path could be longer than sockets can have.
    ControlPath: 'ssh.sock',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const argv = (command?: string) => [
    'ssh',
    ...['-F', 'none', '-p', String(port), ...options, 'root@127.0.0.1'],
    ...(command === undefined ? [] : ['--', command]),
  ];
  return { publicKey, argv, run: (command, run) => namespace.exec(argv(command), { ...run, cwd: folder }) };
}

async function makeKey(namespace: Namespace, path: string): Promise<string> {
  const chunks: Buffer[] = [];
  await namespace.exec(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'gild', '-f', path]);
  await namespace.exec(['ssh-keygen', '-y', '-f', path], { onStdout: (chunk) => chunks.push(chunk) });
  return Buffer.concat(chunks).toString().trim();
}
