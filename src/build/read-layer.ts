import type { ReadLayer } from '../images/types.ts';
import { createTarReader } from '../support/tar/reader.ts';
import type { TreeStore } from '../trees/types.ts';

/** Layers as the records want to read them: entry by entry. */
export function readLayer(trees: TreeStore): ReadLayer {
  return async (layer, sink) => {
    const reader = createTarReader({ ...sink, end: () => undefined }, { endMark: 'optional' });
    for await (const chunk of await trees.open(layer)) reader.push(chunk as Buffer);
    reader.end();
  };
}
