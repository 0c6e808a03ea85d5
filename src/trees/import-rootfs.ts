import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import type { Host } from '../host/types.ts';
import type { Layer } from '../model/tree.ts';
import type { BlobStore } from '../store/types.ts';
import { tee } from '../support/streams.ts';
import { type ArchiveLimits, defaultLimits } from '../support/tar/limits.ts';
import { createTarReader } from '../support/tar/reader.ts';
import { decompressUntrusted, sniff } from './compression.ts';
import { unpack } from './gnu-tar.ts';
import { guard } from './guard.ts';
import type { LayerFolders } from './layer-folders.ts';
import { createKeep, normalise } from './normalise.ts';
import { stampPyc } from './pyc.ts';
import { createCollection } from './sorted-tar.ts';
import { storeTar } from './store-tar.ts';
import type { AdoptOptions } from './types.ts';
import { makeUnpackedFolder } from './unpacked-folder.ts';

export interface ImportRootfsContext {
  readonly host: Host;
  readonly blobs: BlobStore;
  readonly folders: LayerFolders;
  readonly limits?: ArchiveLimits | undefined;
}

/** The whole archive is checked before anything is unpacked; then one pass stores and unpacks it. */
export async function importRootfs(
  context: ImportRootfsContext,
  tar: Readable,
  options: AdoptOptions,
): Promise<Layer> {
  const { host, blobs, folders } = context;
  const limits = context.limits ?? defaultLimits;
  const scratch = await host.scratch('import');
  try {
    const spool = await open(join(scratch.path, 'archive.tar'), 'wx+', 0o600);
    try {
      const collection = createCollection();
      const reader = createTarReader(
        guard(collection.sink, { whiteouts: 'refuse', limits, impliedMtime: options.epoch }),
        { limits },
      );
      const { compression, whole } = await sniff(tar);
      for await (const chunk of decompressUntrusted(whole, compression, limits)) {
        options.signal?.throwIfAborted();
        const written = spool.writeFile(chunk);
        written.catch(() => undefined);
        reader.push(chunk);
        await written;
      }
      reader.end();
      const { folder, fs } = await makeUnpackedFolder(host, scratch.path);
      const branch = new PassThrough({ highWaterMark: 1024 * 1024 });
      const unpacked = unpack(host, branch, { folder: fs, signal: options.signal });
      const sorted = collection.write(spool, createKeep(), (out) =>
        normalise(stampPyc(out, options.epoch), options.epoch),
      );
      const layer = await storeTar(blobs, tee(sorted, branch, unpacked), options.createdBy);
      const recorded = await folders.record(layer);
      await folders.moveIn(layer.diffId, { folder, seal: await unpacked });
      return recorded;
    } finally {
      await spool.close();
    }
  } finally {
    await scratch.release();
  }
}
