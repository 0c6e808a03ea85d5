import { join } from 'node:path';
import { makeNamespaceFolder } from '../host/namespace-folder.ts';
import type { SharedFolder } from '../platforms/types.ts';
import type { Workshop } from './workshop.ts';

/** What apt fetches: indexes and packages. */
const targets = ['/var/lib/apt/lists', '/var/cache/apt'];

/**
 * Empty folders for this run in the place of those that package managers fetch into: the second component of a
 * recipe asks only whether the indexes changed, and nothing of it can end up in a layer.
 */
export async function packageFolders({ host, disposer }: Workshop): Promise<readonly SharedFolder[]> {
  const scratch = await host.scratch('packages');
  disposer.add(() => scratch.release());
  return Promise.all(
    targets.map(async (target) => ({
      target,
      source: await makeNamespaceFolder(host, join(scratch.path, target.replaceAll('/', '_'))),
    })),
  );
}
