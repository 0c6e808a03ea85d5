import { link, mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { SignedPackage } from '../../freshness/apt-lists.ts';
import { giveToNamespace } from '../../host/namespace-folder.ts';
import type { Host } from '../../host/types.ts';
import { writeAtomically } from '../../support/files.ts';
import { debName } from '../../support/packages/deb-name.ts';

/**
 * Packages that components of all builds have fetched, each as a signed index names it:
 *
 *     cache/packages/<sha256>.deb
 *     cache/packages/<sha256>.json    whose it is, and how the file looked when its hash was right
 *
 * A miss is always right: the folder may be deleted at any time between builds.
 */
export interface PackageStore {
  /** A second name of one package; false where it is not here. */
  layOne(sha256: string, path: string): Promise<boolean>;
  /** Second names of all packages for a system, as apt calls them, in an empty folder; how many. */
  lay(folder: string, system: System): Promise<number>;
  has(sha256: string): Promise<boolean>;
  list(system: System): Promise<readonly KeptPackage[]>;
  isEmpty(): Promise<boolean>;
  /** Takes a file over whose hash was verified; it belongs to the root of our namespaces then, as in a machine. */
  keep(path: string, item: SignedPackage): Promise<void>;
}

export interface KeptPackage {
  /** As apt calls it. */
  readonly file: string;
  /** Hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Seconds since 1970: nobody writes into the file, so another time is another content. */
  readonly modified: number;
  /** Where it is. */
  readonly path: string;
}

/** As `/etc/os-release` has it. */
export interface System {
  /** `debian` */
  readonly id: string;
  /** `bookworm` */
  readonly codename: string;
}

function packageStorePath(home: string): string {
  return join(home, 'cache', 'packages');
}

export function createPackageStore(host: Pick<Host, 'home' | 'facts'>): PackageStore {
  const store = packageStorePath(host.home);
  const pathOf = (sha256: string, ending: 'deb' | 'json') => join(store, `${sha256}.${ending}`);
  return {
    isEmpty: async () => (await readdir(store).catch(() => [])).length === 0,
    has: async (sha256) => (await read(pathOf(sha256, 'json'))) !== undefined,
    keep: async (path, item) => {
      const { sha256, size, suite } = item;
      await mkdir(store, { recursive: true, mode: 0o755 });
      const modified = Math.floor(Date.now() / 1000);
      await utimes(path, modified, modified);
      await giveToNamespace(host, path);
      await rename(path, pathOf(sha256, 'deb'));
      const { origin, codename } = suite;
      const kept: Kept = { file: debName(item), origin, codename, size, modified };
      await writeAtomically(pathOf(sha256, 'json'), JSON.stringify(kept));
    },
    list,
    layOne: async (sha256, path) => {
      const kept = await read(pathOf(sha256, 'json'));
      return kept !== undefined && lay({ ...kept, path: pathOf(sha256, 'deb') }, path);
    },
    lay: async (folder, system) => {
      const laid = await Promise.all((await list(system)).map((kept) => lay(kept, join(folder, kept.file))));
      return laid.filter((done) => done).length;
    },
  };

  async function list(system: System): Promise<readonly KeptPackage[]> {
    const names = await readdir(store).catch(() => []);
    const hashes = names.flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : []));
    const found = await Promise.all(
      hashes.map(async (sha256) => {
        const kept = await read(pathOf(sha256, 'json'));
        return kept && isFor(kept, system) ? [{ ...kept, sha256, path: pathOf(sha256, 'deb') }] : [];
      }),
    );
    return found.flat();
  }
}

interface Kept extends Pick<KeptPackage, 'file' | 'size' | 'modified'> {
  readonly origin: string;
  readonly codename: string;
}

/** `bookworm-security` is for bookworm. Two distributions may have different files of the same name. */
function isFor({ origin, codename }: Kept, system: System): boolean {
  return origin.toLowerCase() === system.id && codename.split('-')[0] === system.codename;
}

/** The time of access is when it was last of use. */
async function lay(
  { path: from, size, modified }: Omit<KeptPackage, 'sha256'>,
  to: string,
): Promise<boolean> {
  const found = await stat(from).catch(() => undefined);
  if (found?.size !== size || found.mtimeMs !== modified * 1000) {
    await rm(from, { force: true });
    await rm(from.replace(/deb$/, 'json'), { force: true });
    return false;
  }
  await utimes(from, Date.now() / 1000, modified);
  return link(from, to).then(
    () => true,
    () => false,
  );
}

async function read(path: string): Promise<Kept | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Kept;
  } catch {
    return undefined;
  }
}
