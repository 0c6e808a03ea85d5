import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { giveToNamespace, makeNamespaceFolder } from '../host/namespace-folder.ts';
import type { Tree } from '../model/tree.ts';
import type { SharedFolder } from '../platforms/types.ts';
import { once } from '../support/once.ts';
import { harvestPackages } from './harvest-packages.ts';
import type { ImageJob } from './image-job.ts';
import { createPackageStore, type PackageStore } from './package-store.ts';
import { systemOf } from './system-of.ts';
import { archivesWork } from './work.ts';

/** What package managers fetch in the components of a run. */
export interface PackageFolders {
  /** In the place of apt's folders, with what earlier builds have fetched; the same for all machines of the run. */
  shared(tree: Tree): Promise<readonly SharedFolder[]>;
  /** Brings in what other hosts say that a step installs, before its machine starts. */
  bring(step: string, tree: Tree): Promise<void>;
  /** Keeps for other builds what is new in them; why it could not, in words. */
  harvest(): Promise<string | undefined>;
}

const archives = '/var/cache/apt/archives';
const lists = '/var/lib/apt/lists';

/**
 * Folders for this run: the second component of a recipe asks only whether the indexes changed, and nothing of them
 * can end up in a layer.
 */
export function packageFolders({ workshop, planned, hooks, remote }: ImageJob): PackageFolders {
  const { host, disposer } = workshop;
  const isOnline = planned.plan.network === 'on';
  const store = createPackageStore(host);
  const seen = new Set<string>();
  const open = once(async () => {
    const scratch = await host.scratch('packages');
    disposer.add(() => scratch.release());
    const make = (name: string) => makeNamespaceFolder(host, join(scratch.path, name));
    const folders = {
      lists: await make('lists'),
      cache: await make('cache'),
      archives: await make('archives'),
    };
    await makeNamespaceFolder(host, join(folders.cache, 'archives'));
    return { ...folders, scratch: scratch.path, below: join(scratch.path, 'below') };
  });
  let mounted: Promise<readonly SharedFolder[]> | undefined;
  return {
    shared: (tree) => {
      mounted ??= mount(tree);
      return mounted;
    },
    bring: async (step, tree) => {
      if (!remote || !isOnline) return;
      const system = await systemOf(tree, workshop);
      if (!system) return;
      const folders = await open();
      await remote.layArchives(archivesWork(step, planned.plan.image.name, system), {
        scratch: folders.scratch,
        isKnown: ({ digest }) => store.has(digest.slice('sha256:'.length)),
        lay: async (path, { file }) => {
          await giveToNamespace(host, path);
          await rename(path, join(folders.archives, file));
        },
      });
    },
    harvest: async () => {
      if (!isOnline || !mounted) return undefined;
      const { archives: fetched, ...folders } = await open();
      const { signal } = hooks;
      try {
        await harvestPackages({ ...folders, archives: fetched, store, host, seen, signal });
        return undefined;
      } catch (error) {
        signal.throwIfAborted();
        return `The packages are not kept for other builds: ${(error as Error).message}`;
      }
    },
  };

  async function mount(tree: Tree): Promise<readonly SharedFolder[]> {
    const folders = await open();
    const known = isOnline && (await layBelow(folders.below, tree, store));
    return [
      { target: lists, source: folders.lists },
      { target: '/var/cache/apt', source: folders.cache },
      { target: archives, source: folders.archives, ...(known && { below: folders.below }) },
    ];
  }

  async function layBelow(folder: string, tree: Tree, kept: PackageStore): Promise<boolean> {
    if (await kept.isEmpty()) return false;
    const system = await systemOf(tree, workshop);
    if (!system) return false;
    await mkdir(folder, { mode: 0o755 });
    return (await kept.lay(folder, system)) > 0;
  }
}
