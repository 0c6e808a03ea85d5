import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeNamespaceFolder } from '../../host/namespace-folder.ts';
import type { Host } from '../../host/types.ts';
import type { SharedFolder } from '../../platforms/types.ts';

/** Folders on the host that stand in the place of apt's own in a machine. */
export interface AptFolders {
  readonly lists: string;
  readonly cache: string;
  readonly archives: string;
}

/** In a folder that is there. */
export async function makeAptFolders(host: Host, folder: string): Promise<AptFolders> {
  const make = (name: string) => makeNamespaceFolder(host, join(folder, name));
  const folders = {
    lists: await make('lists'),
    cache: await make('cache'),
    archives: await make('archives'),
  };
  await makeNamespaceFolder(host, join(folders.cache, 'archives'));
  return folders;
}

/** `below`: packages that are there already. */
export function inPlaceOfApts(
  { lists, cache, archives }: AptFolders,
  below?: string,
): readonly SharedFolder[] {
  return [
    { target: '/var/lib/apt/lists', source: lists },
    { target: '/var/cache/apt', source: cache },
    { target: '/var/cache/apt/archives', source: archives, ...(below !== undefined && { below }) },
  ];
}

/** apt makes a file to lock what it works on, and leaves it: whether there is one tells whether it ran. */
export async function hasRun({ lists, archives }: AptFolders): Promise<boolean> {
  const names = await Promise.all([lists, archives].map((folder) => readdir(folder).catch(() => [])));
  return names.flat().includes(lock);
}

/** Nothing runs in the folders. */
export async function forgetRuns({ lists, archives }: AptFolders): Promise<void> {
  await Promise.all(
    [lists, archives].map((folder) => rm(join(folder, lock), { recursive: true, force: true })),
  );
}

const lock = 'lock';
