import type { Host, Namespace } from '../host/types.ts';
import type { Digest } from '../model/digest.ts';
import { sha256 } from '../support/canonical.ts';
import { GildError } from '../support/errors.ts';

/**
 * What a folder looks like to the kernel: every name in it with inode, kind, mode, owner, size and times. Whoever changes
 * a byte, an attribute or a name changes one of these, and nobody can set the time of a change back.
 */
export type FolderSeal = Digest;

/** The folder, the path in it, and how that looks. */
const fields = ['%H', '%P', '%i %y %m %U %G %s %T@ %C@'];

/** In this order. No file is opened, no link followed. A folder that is not there has a seal that fits no other. */
export async function sealFolders(
  namespace: Namespace,
  folders: readonly string[],
): Promise<readonly FolderSeal[]> {
  const out: Buffer[] = [];
  const argv = ['find', ...folders, '-printf', fields.map((field) => `${field}\\0`).join('')];
  const { exitCode } = await namespace.exec(argv, { onStdout: (chunk) => out.push(chunk) });
  // 1: something is missing or cannot be read, and is not among what was said.
  if (exitCode > 1) throw new GildError({ code: 'HOST_UNSUPPORTED', message: `find exited ${exitCode}.` });
  const values = Buffer.concat(out).toString('latin1').split('\0');
  const looks = new Map(folders.map((folder): [string, string[]] => [folder, []]));
  for (let at = 0; at + fields.length < values.length; at += fields.length) {
    const [folder = '', ...look] = values.slice(at, at + fields.length);
    looks.get(folder)?.push(look.join('\0'));
  }
  return folders.map((folder) => sha256((looks.get(folder) ?? []).sort().join('\n')));
}

export async function sealFolder(namespace: Namespace, folder: string): Promise<FolderSeal> {
  const [seal] = await sealFolders(namespace, [folder]);
  if (seal === undefined) throw new Error('one folder has one seal');
  return seal;
}

/** In a namespace for this alone. */
export async function lookAtFolders(
  host: Host,
  folders: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly FolderSeal[]> {
  if (folders.length === 0) return [];
  const namespace = await host.namespace({ network: 'off', signal });
  try {
    return await sealFolders(namespace, folders);
  } finally {
    await namespace.close();
  }
}
