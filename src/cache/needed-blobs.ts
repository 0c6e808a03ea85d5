import type { Digest } from '../model/digest.ts';
import type { WorkResult } from './types.ts';

/** Blobs of the store without which a result is of no use. */
export function neededBlobs({ layers = [], artifact, archives = [] }: WorkResult): readonly Digest[] {
  const files = archives.map(({ digest }) => digest);
  return [...new Set([...layers.map((layer) => layer.blob), ...(artifact?.blobs ?? []), ...files])];
}
