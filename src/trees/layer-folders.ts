import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../model/digest.ts';
import type { Compression, Layer } from '../model/tree.ts';
import type { BlobStore } from '../store/types.ts';
import { readCheckedJson, writeCheckedJson } from '../support/checked-json.ts';
import type { FolderSeal } from './folder-seals.ts';
import type { ListedLayer } from './types.ts';

/**
 * ```
 * layers/<hex of the diffId>/layer.json       what `find` returns
 * layers/<hex of the diffId>/gzip.json        the same content in another blob
 * layers/<hex of the diffId>/unpacked/fs/     what overlayfs mounts; absent until somebody needs it
 * layers/<hex of the diffId>/unpacked/seal    how that looked when it was right
 * layers/damaged/                             what no longer looked like that; others may still have it mounted
 * ```
 * The two records and `unpacked` are each there wholly or not at all, and the first that arrives stays.
 */
export interface LayerFolders {
  find(diffId: Digest): Promise<Layer | undefined>;
  findCompressed(diffId: Digest, compression: Compression): Promise<Layer | undefined>;
  /** Returns what is on record: `layer`, or what somebody else recorded before. */
  record(layer: Layer): Promise<Layer>;
  recordCompressed(layer: Layer): Promise<void>;
  fs(diffId: Digest): string;
  hasFs(diffId: Digest): Promise<boolean>;
  /** Undefined where there is no folder, or one that nobody can vouch for. */
  seal(diffId: Digest): Promise<FolderSeal | undefined>;
  /** Those whose folders this process has made or looked at. */
  readonly sound: Set<Digest>;
  list(): Promise<readonly ListedLayer[]>;
  /** Takes the layer off the record, and hands its folder over to `discard`. */
  remove(diffId: Digest, discard: (path: string) => Promise<void>): Promise<void>;
  /** Takes a folder over; it stays where it is if there is one already, or if it is on another disk. */
  moveIn(diffId: Digest, unpacked: Unpacked): Promise<void>;
  /** Takes the folder away from where it would be mounted. */
  putAside(diffId: Digest): Promise<void>;
  /** Hands what was put aside over to `discard`. */
  removeDamaged(discard: (path: string) => Promise<void>): Promise<void>;
}

/** A folder on its way into the store, which `fs` lies in. */
export interface Unpacked {
  readonly folder: string;
  readonly seal: FolderSeal;
}

export function createLayerFolders(home: string, blobs: BlobStore): LayerFolders {
  const folder = (diffId: Digest) => join(home, 'layers', diffId.slice('sha256:'.length));
  const damaged = join(home, 'layers', 'damaged');
  const unpacked = (diffId: Digest) => join(folder(diffId), 'unpacked');
  const fs = (diffId: Digest) => join(unpacked(diffId), 'fs');
  const sound = new Set<Digest>();
  const find = (diffId: Digest) => readLayer(join(folder(diffId), 'layer.json'), blobs);
  const findCompressed = (diffId: Digest, compression: Compression) =>
    readLayer(join(folder(diffId), `${compression}.json`), blobs);
  const hasFs = async (diffId: Digest) =>
    stat(unpacked(diffId)).then(
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
      await writeCheckedJson(join(folder(layer.diffId), 'layer.json'), layer);
      return layer;
    },
    recordCompressed: (layer) =>
      writeCheckedJson(join(folder(layer.diffId), `${layer.compression}.json`), layer),
    hasFs,
    sound,
    seal: (diffId) =>
      readFile(join(unpacked(diffId), 'seal'), 'utf8').then(
        (text) => text as FolderSeal,
        () => undefined,
      ),
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
      sound.delete(diffId);
      for (const name of ['layer', 'zstd', 'gzip'])
        await rm(join(folder(diffId), `${name}.json`), { force: true });
      await discard(folder(diffId));
    },
    moveIn: async (diffId, { folder: from, seal }) => {
      await mkdir(folder(diffId), { recursive: true });
      await writeFile(join(from, 'seal'), seal);
      try {
        await rename(from, unpacked(diffId));
        sound.add(diffId);
      } catch (error) {
        const code = (error as { code?: string }).code;
        if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EXDEV') throw error;
      }
    },
    putAside: async (diffId) => {
      sound.delete(diffId);
      await mkdir(damaged, { recursive: true });
      await rename(unpacked(diffId), join(damaged, randomUUID()));
    },
    removeDamaged: async (discard) => {
      for (const name of await readdir(damaged).catch(() => [])) await discard(join(damaged, name));
    },
  };
}

/** A record that cannot be read, or whose blob is gone, counts for nothing. */
async function readLayer(path: string, blobs: BlobStore): Promise<Layer | undefined> {
  const layer = await readCheckedJson<Layer>(path);
  return layer && (await blobs.has(layer.blob)) ? layer : undefined;
}
