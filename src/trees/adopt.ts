import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Host, Namespace } from '../host/types.ts';
import type { Layer } from '../model/tree.ts';
import type { BlobStore } from '../store/types.ts';
import type { TarSink } from '../support/tar/entry.ts';
import { transformTar } from '../support/tar/transform.ts';
import { createTarWriter } from '../support/tar/writer.ts';
import { filter } from './filter.ts';
import type { FolderSeal } from './folder-seals.ts';
import { overwrite, packArguments, packFolder } from './gnu-tar.ts';
import { guard } from './guard.ts';
import type { LayerFolders } from './layer-folders.ts';
import { createKeep, normalise, relativeToRoot } from './normalise.ts';
import { fromOverlay } from './overlay.ts';
import { stampPyc } from './pyc.ts';
import { storeTar } from './store-tar.ts';
import type { AdoptOptions } from './types.ts';
import { dbusMachineId, droppedExpression, machineId } from './volatile.ts';

export interface AdoptContext {
  readonly host: Host;
  readonly blobs: BlobStore;
  readonly folders: LayerFolders;
}

const dropped = `-type s -o -regex "\\./($1)" -o -path ./${dbusMachineId} ! -type l`;

/**
 * Cleans the folder, so that what is mounted and what is in the blob are the same, then packs it. `$1`: what
 * to remove, as a regular expression; `$2`: the latest time allowed; the rest: the program that packs.
 */
const cleanAndPack = [
  'cd /tree',
  [
    `LC_ALL=C find . -regextype posix-extended -mindepth 1 '(' ${dropped} ')' -prune -exec rm -rf -- {} +`,
    `-o -path ./${machineId} -type f ! -empty -exec truncate --size=0 -- {} +`,
  ].join(' '),
  'find . -newermt "@$2" -exec touch --no-dereference --date="@$2" -- {} +',
  'shift 2',
  'exec "$@"',
].join('\n');

/**
 * `takeUpper` is asked for the folder when there is a namespace to pack it in. That is moved in any case: a folder that is
 * renamed later no longer looks as it did.
 */
export async function adopt(
  context: AdoptContext,
  takeUpper: () => Promise<string>,
  options: AdoptOptions & { readonly stubs?: readonly string[] },
): Promise<Layer> {
  const { host, folders } = context;
  const namespace = await host.namespace({ network: 'off', signal: options.signal });
  try {
    const upper = await takeUpper();
    const folder = join(dirname(upper), 'layer');
    await mkdir(folder);
    await rename(upper, join(folder, 'fs'));
    const { layer, seal } = await pack(context, join(folder, 'fs'), { ...options, namespace });
    const recorded = await folders.record(layer);
    await folders.moveIn(layer.diffId, { folder, seal });
    return recorded;
  } finally {
    await namespace.close();
  }
}

async function pack(
  { blobs }: AdoptContext,
  folder: string,
  options: AdoptOptions & { readonly stubs?: readonly string[]; readonly namespace: Namespace },
): Promise<{ readonly layer: Layer; readonly seal: FolderSeal }> {
  const { namespace, epoch, stubs } = options;
  let layer: Layer | undefined;
  const stamped = createTarWriter();
  let anyStamped = false;
  const noteStamped: TarSink = {
    ...stamped,
    entry(entry) {
      anyStamped = true;
      stamped.entry(entry);
    },
  };
  const argv = [
    'sh',
    '-euc',
    cleanAndPack,
    'pack',
    droppedExpression(stubs),
    String(epoch),
    ...packArguments,
  ];
  const seal = await packFolder(namespace, argv, {
    folder,
    read: async (stdout) => {
      const keep = createKeep(stubs);
      const tar = transformTar(stdout, (out) => {
        const image = normalise(stampPyc(out, epoch, noteStamped), epoch);
        return relativeToRoot(filter(fromOverlay(guard(image, { whiteouts: 'allow' })), keep));
      });
      layer = await storeTar(blobs, tar, options.createdBy);
    },
  });
  if (layer === undefined) throw new Error('packing ended without a layer');
  if (!anyStamped) return { layer, seal };
  stamped.end();
  return { layer, seal: await overwrite(namespace, stamped.take(), folder) };
}
