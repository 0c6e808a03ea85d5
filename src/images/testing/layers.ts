import type { Layer } from '../../model/tree.ts';
import { sha256 } from '../../support/canonical.ts';
import type { LayerEntry, ReadLayer } from '../types.ts';
import { sampleLayer } from './sample-image.ts';

/** What tests say of an entry: its text for a file, else its facts. */
export type EntrySketch = string | (Partial<LayerEntry> & { readonly text?: string });

/** Layers written down as path -> sketch, and what reads them. A path that ends in `/` is a directory. */
export function sketchLayers(...sketches: readonly Readonly<Record<string, EntrySketch>>[]): {
  readonly layers: readonly Layer[];
  readonly read: ReadLayer;
  /** How often each layer was read. */
  readonly reads: readonly number[];
} {
  const layers = sketches.map((sketch) => sampleLayer(sha256(JSON.stringify(sketch))));
  const reads = sketches.map(() => 0);
  const read: ReadLayer = async (layer, sink) => {
    const index = layers.findIndex(({ diffId }) => diffId === layer.diffId);
    reads[index] = (reads[index] ?? 0) + 1;
    for (const [path, sketch] of Object.entries(sketches[index] ?? {})) {
      const facts = typeof sketch === 'string' ? { text: sketch } : sketch;
      const text = Buffer.from(facts.text ?? '');
      sink.entry({
        ...plain,
        type: path.endsWith('/') ? 'directory' : 'file',
        size: text.length,
        ...facts,
        path,
      });
      if (text.length > 0) sink.data(text);
    }
  };
  return { layers, read, reads };
}

const plain = { mode: 0o644, uid: 0, gid: 0, target: '', xattrs: new Map<string, Uint8Array>() };
