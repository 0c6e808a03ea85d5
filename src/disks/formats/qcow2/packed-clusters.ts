import type { FormatFile } from '../types.ts';
import { clusterSize } from './header.ts';

export interface PackedClusters {
  /** Bytes that share clusters with others; returns where they are. */
  packed(bytes: Buffer): Promise<number>;
  /** A whole cluster of its own; returns where it is. */
  whole(bytes: Buffer): Promise<number>;
  /** Ends the last cluster. */
  end(): Promise<void>;
  /** How many pieces touch a cluster. */
  readonly refcounts: ReadonlyMap<number, number>;
}

/** The room that is left before a whole cluster is kept for what is packed next. */
export function packClusters(file: FormatFile): PackedClusters {
  const refcounts = new Map<number, number>();
  let gap = { at: 0, length: 0 };

  function count(offset: number, length: number): void {
    const last = Math.floor((offset + length - 1) / clusterSize);
    for (let cluster = Math.floor(offset / clusterSize); cluster <= last; cluster++) {
      refcounts.set(cluster, (refcounts.get(cluster) ?? 0) + 1);
    }
  }

  async function align(): Promise<void> {
    const length = (clusterSize - (file.size % clusterSize)) % clusterSize;
    if (length === 0) return;
    const at = await file.reserve(length);
    if (length > gap.length) gap = { at, length };
  }

  return {
    refcounts,
    async packed(bytes) {
      let at = gap.at;
      if (bytes.length <= gap.length) {
        await file.fill(at, bytes);
        gap = { at: at + bytes.length, length: gap.length - bytes.length };
      } else {
        at = await file.append(bytes);
      }
      count(at, bytes.length);
      return at;
    },
    async whole(bytes) {
      await align();
      const at = await file.append(bytes);
      count(at, clusterSize);
      return at;
    },
    end: align,
  };
}
