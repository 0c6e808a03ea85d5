import type { Digest } from '../model/digest.ts';
import type { WorkResult } from './types.ts';

/** Blobs of the store without which a result is of no use. */
export function neededBlobs({ layers = [], artifact }: WorkResult): readonly Digest[] {
  return [...new Set([...layers.map((layer) => layer.blob), ...(artifact?.blobs ?? [])])];
}
