import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Host } from '../host/types.ts';
import type { Layer } from '../model/tree.ts';
import type { BlobStore } from '../store/types.ts';
import { GildError } from '../support/errors.ts';
import { readable, through } from '../support/streams.ts';
import type { ArchiveLimits } from '../support/tar/limits.ts';
import { transformTar } from '../support/tar/transform.ts';
import { adopt } from './adopt.ts';
import { createCompressor, decompress } from './compression.ts';
import { flatten, readEntries } from './flatten.ts';
import { unpack } from './gnu-tar.ts';
import { guard } from './guard.ts';
import { importLayer } from './import-layer.ts';
import { importRootfs } from './import-rootfs.ts';
import { createLayerFolders } from './layer-folders.ts';
import { createMountable } from './mountable.ts';
import { toOverlay } from './overlay.ts';
import type { TreeStore } from './types.ts';
import { makeUnpackedFolder } from './unpacked-folder.ts';

export interface TreeStoreOptions {
  readonly home: string;
  readonly blobs: BlobStore;
  readonly host: Host;
  /** For archives from outside. */
  readonly limits?: ArchiveLimits;
}

export function createTreeStore({ home, blobs, host, limits }: TreeStoreOptions): TreeStore {
  const folders = createLayerFolders(home, blobs);
  const context = { host, blobs, folders, limits };

  async function* plain(layer: Layer): AsyncGenerator<Buffer> {
    try {
      yield* decompress(blobs.open(layer.blob), layer.compression);
    } catch (error) {
      if (error instanceof GildError) await blobs.verify(layer.blob, 'thoroughly');
      throw asDamage(error, layer);
    }
  }

  async function unpackLayer(layer: Layer, signal?: AbortSignal): Promise<void> {
    const scratch = await host.scratch('unpack');
    try {
      const { folder, fs } = await makeUnpackedFolder(host, scratch.path);
      const entries = transformTar(
        plain(layer),
        (out) => guard(toOverlay(out), { whiteouts: 'allow', ...(limits && { limits }) }),
        { endMark: 'optional', ...(limits && { limits }) },
      );
      const seal = await unpack(host, entries, { folder: fs, signal });
      await folders.moveIn(layer.diffId, { folder, seal });
    } catch (error) {
      throw asDamage(error, layer);
    } finally {
      await scratch.release();
    }
  }

  const { directories, repaired, check } = createMountable({ host, folders, unpack: unpackLayer });

  return {
    find: folders.find,
    importLayer: async (blob, expected) => {
      const there = await folders.find(expected.diffId);
      if (there) {
        blob.destroy();
        return there;
      }
      return folders.record(await importLayer(blobs, blob, expected, limits));
    },
    importRootfs: (tar, options) => importRootfs(context, tar, options),
    adopt: (takeUpper, options) => adopt(context, takeUpper, options),
    open: async (layer) => readable(plain(layer)),
    directories,
    repaired,
    check,
    compressed: async (layer, compression) => {
      if (layer.compression === compression) return layer;
      const there = await folders.findCompressed(layer.diffId, compression);
      if (there) return there;
      const made = await through(plain(layer), createCompressor(compression), (stream) =>
        blobs.write(stream),
      );
      const result: Layer = { ...layer, compression, blob: made.digest, size: made.size };
      await folders.recordCompressed(result);
      return result;
    },
    flatten: async (tree, signal): Promise<Readable> =>
      flatten(host, await directories(tree.layers, { signal }), signal),
    read: async (tree, sink, reading) =>
      readEntries(host, await directories(tree.layers, reading), { ...reading, sink }),
    list: () => folders.list(),
    remove: (diffId) => folders.remove(diffId, (path) => discard(host, path)),
    removeDamaged: () => folders.removeDamaged((path) => discard(host, path)),
  };
}

/** What was checked when it came in and no longer is right has been damaged since. */
function asDamage(error: unknown, layer: Layer): unknown {
  if (!(error instanceof GildError) || error.code !== 'ARCHIVE_REFUSED') return error;
  const message = `The stored layer ${layer.diffId} cannot be read: ${error.message}`;
  return new GildError({ code: 'STORE_DAMAGED', message, cause: error });
}

/** Only a scratch folder may hold files of the namespace's ids and be removed by the next run. */
async function discard(host: Host, path: string): Promise<void> {
  const scratch = await host.scratch('remove');
  await rename(path, join(scratch.path, 'layer')).catch((error: unknown) => {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
  });
  await scratch.release();
}
