import type { Layer } from '../model/tree.ts';
import { allOf } from '../support/all-of.ts';
import { createTreeStore } from '../trees/tree-store.ts';
import type { TreeStore } from '../trees/types.ts';
import type { Workshop } from './workshop.ts';

/**
 * The store's trees, but every layer of `made` is unpacked anew from its finished blob: what is tested is what was
 * written, not the folder that it was written from.
 */
export async function freshTrees(workshop: Workshop, made: readonly Layer[]): Promise<TreeStore> {
  const { host, blobs, trees, disposer } = workshop;
  const scratch = await host.scratch('tests');
  disposer.add(() => scratch.release());
  const fresh = createTreeStore({ home: scratch.path, blobs, host });
  const anew = new Set(made.map((layer) => layer.diffId));
  const directories: TreeStore['directories'] = async (layers, looking) => {
    const byStore = Map.groupBy(layers, ({ diffId }) => (anew.has(diffId) ? fresh : trees));
    const found = await allOf(
      [...byStore].map(async ([store, own]) => {
        const paths = await store.directories(own, looking);
        return paths.map((path, index) => [own[index]?.diffId, path] as const);
      }),
    );
    const paths = new Map(found.flat());
    return layers.flatMap(({ diffId }) => paths.get(diffId) ?? []);
  };
  return { ...trees, directories };
}
