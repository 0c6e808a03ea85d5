import type { Layer } from '../model/tree.ts';
import { entryPath } from './entry-path.ts';
import { type LayerFacts, mergeLayers, readLayerFacts } from './file-tree.ts';
import type { ReadLayer } from './types.ts';

/** The text of small files of a tree, by their paths without the first slash; nothing else is looked at. */
export async function readTexts(
  layers: readonly Layer[],
  read: ReadLayer,
  isWanted: (path: string) => boolean,
): Promise<ReadonlyMap<string, string>> {
  const facts: LayerFacts[] = [];
  for (const layer of layers) facts.push(await readLayerFacts(layer, narrowed(read, isWanted), isWanted));
  const texts = mergeLayers(facts).texts;
  return new Map([...texts].map(([path, text]) => [path.slice(1), text]));
}

/** Whiteouts count too: they may hide what is wanted. */
function narrowed(read: ReadLayer, isWanted: (path: string) => boolean): ReadLayer {
  return (layer, sink) => {
    let passing = false;
    return read(layer, {
      entry: (entry) => {
        const path = entryPath(entry.path);
        const isWhiteout = path.slice(path.lastIndexOf('/') + 1).startsWith('.wh.');
        passing = isWhiteout || (isWanted(path) && entry.type !== 'link');
        if (passing) sink.entry(entry);
      },
      data: (bytes) => {
        if (passing) sink.data(bytes);
      },
    });
  };
}
