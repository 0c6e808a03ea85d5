import type { Layer } from '../model/tree.ts';
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
  return {
    ...trees,
    directory: (layer, signal) => (anew.has(layer.diffId) ? fresh : trees).directory(layer, signal),
  };
}
