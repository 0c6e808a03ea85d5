import type { Layer } from '../model/tree.ts';
import { diffFiles, type FileChange } from './diff-files.ts';
import { diffUsers, type UserChange } from './diff-users.ts';
import { type LayerFacts, mergeLayers, readLayerFacts } from './file-tree.ts';
import type { ReadLayer } from './types.ts';

/** What the content of two trees differs in. */
export interface TreeDiff {
  readonly files: readonly FileChange[];
  readonly users: readonly UserChange[];
}

/** Reads all layers of both, those that they share only once; equal trees are not read at all. */
export async function diffTrees(
  before: readonly Layer[],
  after: readonly Layer[],
  read: ReadLayer,
): Promise<TreeDiff> {
  if (sameLayers(before, after)) return { files: [], users: [] };
  const known = new Map<string, LayerFacts>();
  const merge = async (layers: readonly Layer[]) => {
    const facts: LayerFacts[] = [];
    for (const layer of layers) {
      const found = known.get(layer.diffId) ?? (await readLayerFacts(layer, read, (path) => path === passwd));
      known.set(layer.diffId, found);
      facts.push(found);
    }
    return mergeLayers(facts);
  };
  const [a, b] = [await merge(before), await merge(after)];
  return {
    files: diffFiles(a.files, b.files),
    users: diffUsers(a.texts.get(`/${passwd}`) ?? '', b.texts.get(`/${passwd}`) ?? ''),
  };
}

const passwd = 'etc/passwd';

function sameLayers(before: readonly Layer[], after: readonly Layer[]): boolean {
  return (
    before.length === after.length && before.every((layer, index) => layer.diffId === after[index]?.diffId)
  );
}
