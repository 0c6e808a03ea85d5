import type { Digest } from '../model/digest.ts';
import type { Layer } from '../model/tree.ts';
import { digestOf } from '../support/canonical.ts';
import { mapStrings } from '../support/map-strings.ts';
import { emptyTar } from '../support/tar/empty.ts';
import type { Preimage, Work } from './types.ts';

/** What work should come to. Equal keys mean equal results: see docs/design/cache.md for what is in one. */
export function keyOf(work: Work): Digest {
  return digestOf(`gild.work.${work.kind}.v1`, preimageOf(work));
}

export function preimageOf({ definition, tree }: Work): Preimage {
  return { ...definition, ...(tree !== undefined && { tree }) };
}

/** What may be on record of it. */
export function redactedPreimage(work: Work, redact: (text: string) => string): Preimage {
  return mapStrings(preimageOf(work), redact) as Preimage;
}

/** What a tree is made of, however it came about; layers without an entry change nothing and do not count. */
export function treeId(layers: readonly Pick<Layer, 'diffId'>[]): Digest {
  const diffIds = layers.map((layer) => layer.diffId).filter((diffId) => diffId !== emptyTar);
  return digestOf('gild.tree.v1', diffIds);
}
