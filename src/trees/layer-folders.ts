import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../model/digest.ts';
import type { Compression, Layer } from '../model/tree.ts';
import type { BlobStore } from '../store/types.ts';
import { canonicalJson } from '../support/canonical.ts';
import { writeAtomically } from '../support/files.ts';
import type { ListedLayer } from './types.ts';

/**
 * ```
 * layers/<hex of the diffId>/layer.json    what `find` returns
 * layers/<hex of the diffId>/gzip.json     the same content in another blob
 * layers/<hex of the diffId>/fs/           what overlayfs mounts; absent until somebody needs it
 * ```
 * Each of the three is there wholly or not at all, and the first that arrives stays.
 */
export interface LayerFolders {
  find(diffId: Digest): Promise<Layer | undefined>;
  findCompressed(diffId: Digest, compression: Compression): Promise<Layer | undefined>;
  /** Returns what is on record: `layer`, or what somebody else recorded before. */
  record(layer: Layer): Promise<Layer>;
  recordCompressed(layer: Layer): Promise<void>;
  fs(diffId: Digest): string;
  hasFs(diffId: Digest): Promise<boolean>;
  list(): Promise<readonly ListedLayer[]>;
  /** Takes the layer off the record, and hands its folder over to `discard`. */
  remove(diffId: Digest, discard: (path: string) => Promise<void>): Promise<void>;
  /** Moves a folder in; it stays where it is if there is one already, or if it is on another disk. */
  moveIn(diffId: Digest, folder: string): Promise<void>;
}

export function createLayerFolders(home: string, blobs: BlobStore): LayerFolders {
  const folder = (diffId: Digest) => join(home, 'layers', diffId.slice('sha256:'.length));
  const fs = (diffId: Digest) => join(folder(diffId), 'fs');
  const find = (diffId: Digest) => readLayer(join(folder(diffId), 'layer.json'), blobs);
  const findCompressed = (diffId: Digest, compression: Compression) =>
    readLayer(join(folder(diffId), `${compression}.json`), blobs);
  const hasFs = async (diffId: Digest) =>
    stat(fs(diffId)).then(
      () => true,
      () => false,
    );
  return {
    find,
    fs,
    findCompressed,
    record: async (layer) => {
      const there = await find(layer.diffId);
      if (there) return there;
      await writeAtomically(join(folder(layer.diffId), 'layer.json'), canonicalJson(layer));
      return layer;
    },
    recordCompressed: (layer) =>
      writeAtomically(join(folder(layer.diffId), `${layer.compression}.json`), canonicalJson(layer)),
    hasFs,
    list: async () => {
      const names = (await readdir(join(home, 'layers')).catch(() => [])).filter((name) =>
        /^[0-9a-f]{64}$/.test(name),
      );
      const kept = names.sort().map(async (name) => {
        const diffId: Digest = `sha256:${name}`;
        const layers = await Promise.all([
          find(diffId),
          findCompressed(diffId, 'zstd'),
          findCompressed(diffId, 'gzip'),
        ]);
        const known = layers.filter((layer) => layer !== undefined);
        return {
          diffId,
          blobs: [...new Set(known.map((layer) => layer.blob))],
          folderBytes: (await hasFs(diffId)) ? (known[0]?.unpackedSize ?? 0) : 0,
        };
      });
      return Promise.all(kept);
    },
    remove: async (diffId, discard) => {
      for (const name of ['layer', 'zstd', 'gzip'])
        await rm(join(folder(diffId), `${name}.json`), { force: true });
      await discard(folder(diffId));
    },
    moveIn: async (diffId, from) => {
      await mkdir(folder(diffId), { recursive: true });
      try {
        await rename(from, fs(diffId));
      } catch (error) {
        const code = (error as { code?: string }).code;
        if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EXDEV') throw error;
      }
    },
  };
}

/** A record that cannot be read, or whose blob is gone, counts for nothing. */
async function readLayer(path: string, blobs: BlobStore): Promise<Layer | undefined> {
  try {
    const layer = JSON.parse(await readFile(path, 'utf8')) as Layer;
    return (await blobs.has(layer.blob)) ? layer : undefined;
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
