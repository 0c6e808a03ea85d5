import type { Readable } from 'node:stream';
import type { Host, Mount, Namespace } from '../host/types.ts';
import { GildError, noSpace } from '../support/errors.ts';
import type { RunOptions } from '../support/process.ts';
import { saysFull } from '../support/space.ts';
import { readable } from '../support/streams.ts';
import { isCutOff } from '../support/tar/refusal.ts';
import { type FolderSeal, sealFolder } from './folder-seals.ts';

const tree = '/tree';
const env = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
};
const attributes = ['--xattrs', '--xattrs-include=*', '--numeric-owner'];

/** Reads a whole folder: sorted, and without the times that change by reading. */
export const packArguments = [
  'tar',
  '--create',
  '--file=-',
  `--directory=${tree}`,
  '--sort=name',
  '--format=posix',
  '--pax-option=delete=atime,delete=ctime',
  '--blocking-factor=256',
  '--warning=no-file-ignored',
  ...attributes,
  '.',
];

const unpackArguments = [
  'tar',
  '--extract',
  '--file=-',
  `--directory=${tree}`,
  '--blocking-factor=256',
  '--preserve-permissions',
  '--same-owner',
  '--delay-directory-restore',
  '--warning=no-timestamp',
  ...attributes,
];

/** Unpacks a tar of our own writing into `folder`, in a container that can reach nothing else. */
export async function unpack(
  host: Host,
  content: AsyncIterable<Buffer>,
  { folder, signal }: { readonly folder: string; readonly signal?: AbortSignal | undefined },
): Promise<FolderSeal> {
  const namespace = await host.namespace({ network: 'off', signal });
  try {
    return await inContainer(namespace, unpackArguments, { folder, stdin: readable(content) });
  } finally {
    await namespace.close();
  }
}

/** Replaces the content of files that are there; the folders around them stay as they are. */
export function overwrite(namespace: Namespace, tar: readonly Buffer[], folder: string): Promise<FolderSeal> {
  return inContainer(namespace, [...unpackArguments, '--overwrite'], { folder, stdin: Buffer.concat(tar) });
}

/** Runs `argv` in a container that sees `folder` as `/tree`; `read` takes its output. */
export function packFolder(
  namespace: Namespace,
  argv: readonly string[],
  { folder, read }: { readonly folder: string; readonly read: (stdout: Readable) => Promise<void> },
): Promise<FolderSeal> {
  return inContainer(namespace, argv, { folder, readStdout: read });
}

/** Returns how the folder looked at the end. */
async function inContainer(
  namespace: Namespace,
  argv: readonly string[],
  { folder, ...streams }: { readonly folder: string } & Pick<RunOptions, 'stdin' | 'readStdout'>,
): Promise<FolderSeal> {
  await contained(namespace, argv, { mounts: [{ source: folder, target: tree }], streams });
  return sealFolder(namespace, folder);
}

export async function contained(
  namespace: Namespace,
  argv: readonly string[],
  options: {
    readonly mounts: readonly Mount[];
    readonly streams: Pick<RunOptions, 'stdin' | 'readStdout' | 'takeStdout'>;
  },
): Promise<void> {
  const said: Buffer[] = [];
  const run = namespace.contain(
    { root: 'host-tools', argv, env, mounts: options.mounts },
    { ...options.streams, onStderr: (chunk) => said.length < 100 && said.push(chunk) },
  );
  const complaint = () => Buffer.concat(said).toString().trim().split('\n').slice(0, 5).join('; ');
  const { exitCode } = await run.catch((error: unknown) => {
    throw isCutOff(error) && said.length > 0 ? failed(complaint(), error) : error;
  });
  if (exitCode !== 0) throw failed(complaint() || `exit code ${exitCode}`);
}

function failed(complaint: string, cause?: unknown): GildError {
  if (saysFull(complaint)) return noSpace(undefined, new Error(complaint, { cause }));
  const message = `GNU tar in a namespace of this host failed: ${complaint}`;
  return new GildError({ code: 'HOST_UNSUPPORTED', message, cause });
}
