import { createHash, type Hash, randomUUID } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type AptLists, findSigned, type SignedPackage } from '../../freshness/apt-lists.ts';
import { knownFiles } from '../../freshness/known-files.ts';
import type { Host, Namespace } from '../../host/types.ts';
import type { Package } from '../../model/image.ts';
import { GildError } from '../../support/errors.ts';
import { debName, readDebName } from '../../support/packages/deb-name.ts';
import { readTar } from '../read-tar.ts';
import type { PackageStore } from './package-store.ts';

export interface Harvest {
  /** Where a machine's `/var/cache/apt/archives` and `/var/lib/apt/lists` are on the host. */
  readonly archives: string;
  readonly lists: string;
  /** An own folder for files on their way, on the disk of the store. */
  readonly scratch: string;
  readonly store: PackageStore;
  readonly host: Host;
  /** Names that were looked at before; those that are looked at now are added. */
  readonly seen: Set<string>;
  /** What came from elsewhere may have no file in the folder, and is looked up in the lists all the same. */
  readonly unpacked: readonly Package[];
  readonly signal: AbortSignal;
}

/**
 * Takes into the store what machines of this run have fetched, each file only where its bytes are what a signed index
 * names: the machines may have written anything into both folders. Costs no more than a look at the names where there is
 * nothing new.
 */
export async function harvestPackages(harvest: Harvest): Promise<void> {
  const { archives, lists, store, host, seen, unpacked, signal } = harvest;
  const names = (await namesIn(archives)).filter((name) => !seen.has(name));
  for (const name of names) seen.add(name);
  const files = await knownFiles(host.home, unpacked);
  const unknown = unpacked.filter((_item, index) => !files[index]);
  const fetched = new Set(names);
  const wanted = [...new Set([...names, ...unknown.map(debName)])].flatMap((name) => readDebName(name) ?? []);
  if (wanted.length === 0) return;
  const namespace = await host.namespace({ network: 'off', signal });
  try {
    const apt: AptLists = {
      names: (await namesIn(lists)).filter((name) => /^[\w.%+~-]+_(?:InRelease|Packages)$/.test(name)),
      read: (files) => readFiles(namespace, lists, files),
    };
    const signed = await findSigned(wanted, apt, { home: host.home, signal });
    const missing = new Map<string, SignedPackage>();
    for (const item of signed)
      if (fetched.has(debName(item)) && !(await store.has(item.sha256))) missing.set(debName(item), item);
    if (missing.size > 0) await takeFiles(namespace, missing, harvest);
  } finally {
    await namespace.close();
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** apt's own lists are not longer. */
const longestList = 256 * 1024 * 1024;

async function readFiles(
  namespace: Namespace,
  folder: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> {
  const chunks = new Map<string, Buffer[]>();
  let current: Buffer[] = [];
  let size = 0;
  await readTar(
    namespace,
    { folder, names },
    {
      entry: (entry) => {
        size += entry.size;
        if (size > longestList) throw tooLong(folder);
        current = [];
        if (entry.type === 'file') chunks.set(entry.path, current);
      },
      data: (bytes) => void current.push(Buffer.from(bytes)),
    },
  );
  return new Map([...chunks].map(([name, parts]) => [name, Buffer.concat(parts)]));
}

async function takeFiles(
  namespace: Namespace,
  wanted: ReadonlyMap<string, SignedPackage>,
  { archives, scratch, store }: Harvest,
): Promise<void> {
  const whole: { readonly path: string; readonly item: SignedPackage }[] = [];
  let open:
    | { readonly path: string; readonly fd: number; readonly hash: Hash; readonly item: SignedPackage }
    | undefined;
  const finish = () => {
    if (!open) return;
    closeSync(open.fd);
    if (open.hash.digest('hex') === open.item.sha256) whole.push(open);
    open = undefined;
  };
  await readTar(
    namespace,
    { folder: archives, names: [...wanted.keys()] },
    {
      entry: (entry) => {
        finish();
        const item = wanted.get(entry.path);
        if (!item || entry.type !== 'file') return;
        if (entry.size !== item.size) throw tooLong(entry.path);
        const path = join(scratch, randomUUID());
        open = { path, item, fd: openSync(path, 'wx', 0o644), hash: createHash('sha256') };
      },
      data: (bytes) => {
        if (!open) return;
        writeSync(open.fd, bytes);
        open.hash.update(bytes);
      },
    },
  ).finally(finish);
  for (const { path, item } of whole) await store.keep(path, item);
}

/** Nothing of such a machine is believed. */
function tooLong(what: string): GildError {
  return new GildError({
    code: 'ARCHIVE_REFUSED',
    message: `${what} is longer than apt would have made it.`,
  });
}
