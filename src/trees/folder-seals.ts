import { lstatSync } from 'node:fs';
import type { Host, Namespace } from '../host/types.ts';
import type { Digest } from '../model/digest.ts';
import { sha256 } from '../support/canonical.ts';
import { GildError } from '../support/errors.ts';
import type { Looking } from './types.ts';

/**
 * What a folder looks like to the kernel: every name in it with inode, kind, mode, owner, size and times. Whoever changes
 * a byte, an attribute or a name changes one of these, and nobody can set the time of a change back.
 */
export type FolderSeal = Digest;

/** The path in the folder, how that looks, and what is in no other place: an empty path follows only a folder's start. */
const format = '%P\\0%i %y %m %U %G %s %T@ %C@\\0\\0';

/** In this order. No file is opened, no link followed. A folder that is not there has a seal that fits no other. */
export async function sealFolders(
  namespace: Namespace,
  folders: readonly string[],
): Promise<readonly FolderSeal[]> {
  const present = folders.filter((folder) => lstatSync(folder, { throwIfNoEntry: false }));
  const looks = new Map(present.length > 0 ? await lookInto(namespace, present) : []);
  return folders.map((folder) => sha256((looks.get(folder) ?? []).sort().join('\n')));
}

/** Nothing where one was taken away meanwhile. */
async function lookInto(
  namespace: Namespace,
  folders: readonly string[],
): Promise<(readonly [folder: string, looks: string[]])[]> {
  const out: Buffer[] = [];
  const argv = ['find', ...folders, '-printf', format];
  const { exitCode } = await namespace.exec(argv, { onStdout: (chunk) => out.push(chunk) });
  // 1: something is missing or cannot be read, and is not among what was said.
  if (exitCode > 1) throw new GildError({ code: 'HOST_UNSUPPORTED', message: `find exited ${exitCode}.` });
  const looks = Buffer.concat(out).toString('latin1').split('\0\0').slice(0, -1);
  const starts = looks.flatMap((look, index) => (look.startsWith('\0') ? [index] : []));
  if (starts.length !== folders.length) return [];
  return folders.map((folder, index) => [folder, looks.slice(starts[index], starts[index + 1])]);
}

export async function sealFolder(namespace: Namespace, folder: string): Promise<FolderSeal> {
  const [seal] = await sealFolders(namespace, [folder]);
  if (seal === undefined) throw new Error('one folder has one seal');
  return seal;
}

/** In `looking.namespace`, or in one for this alone. */
export async function lookAtFolders(
  host: Host,
  folders: readonly string[],
  { namespace: given, signal }: Looking = {},
): Promise<readonly FolderSeal[]> {
  if (folders.length === 0) return [];
  if (given) return sealFolders(given, folders);
  const namespace = await host.namespace({ network: 'off', signal });
  try {
    return await sealFolders(namespace, folders);
  } finally {
    await namespace.close();
  }
}
