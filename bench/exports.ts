import { createReadStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { oci } from '../src/outputs/oci/oci.ts';
import { rootfs } from '../src/outputs/rootfs.ts';
import { output } from '../src/support/process.ts';
import { copyTree, debianLayer, epoch, imageOf, openStores, outputContext, type Stores } from './tree.ts';
import type { Bench, BenchContext, Comparison, Side } from './types.ts';

const rounds = 5;

export const exports: Bench = {
  name: 'export',
  summary: 'a tree to an OCI layout and to a rootfs tar, against `tar | zstd`',
  async *compare(context) {
    const stores = openStores(context, 'export-home');
    const layer = await debianLayer(context, stores);
    const [tree = ''] = await stores.trees.directories([layer]);
    yield ociExport(context, stores, tree);
    yield await rootfsExport(context, stores, { tree, layer });
  },
};

function ociExport(context: BenchContext, stores: Stores, tree: string): Comparison {
  const target = join(context.folder, 'oci');
  let scratch: Awaited<ReturnType<Stores['host']['scratch']>>;
  const ours: Side = {
    name: 'adopt, oci.make, oci.export',
    prepare: async () => {
      scratch = await stores.host.scratch('upper');
      await copyTree(tree, join(scratch.path, 'upper'));
    },
    run: async () => {
      const takeUpper = async () => join(scratch.path, 'upper');
      const layer = await stores.trees.adopt(takeUpper, { epoch, createdBy: 'bench' });
      const artifact = await oci.make(imageOf([layer]), {}, outputContext(stores));
      await oci.export(artifact, target, stores.blobs);
    },
    tidy: async () => {
      await assertLarge(target);
      await rm(target, { recursive: true });
      await scratch.release();
    },
  };
  return {
    what: 'OCI export of a Debian tree',
    inside: [
      'ours: what a capture does with an upper folder (open a namespace, clean, pack, check each entry,',
      'hash, zstd -3, hash the blob, flush it to disk, record the layer), config, manifest, layout folder',
      'peer: one file, not hashed, not flushed; both read an equal tree from the page cache',
    ],
    ours,
    peer: tarZstd(context, tree),
    goal: { ratio: 1.2 },
    rounds,
  };
}

async function rootfsExport(
  context: BenchContext,
  stores: Stores,
  { tree, layer }: { tree: string; layer: Awaited<ReturnType<typeof debianLayer>> },
): Promise<Comparison> {
  const folder = join(context.folder, 'second');
  await mkdir(folder);
  await writeFile(join(folder, 'second-layer'), 'so that there is something to mount together\n');
  await output(['tar', '--create', `--file=${folder}.tar`, `--directory=${folder}`, '.']);
  const second = await stores.trees.importRootfs(createReadStream(`${folder}.tar`), {
    epoch,
    createdBy: 'bench',
  });
  const target = join(context.folder, 'rootfs.tar.zst');
  const ours: Side = {
    name: 'rootfs.make, rootfs.export',
    run: async () => {
      const artifact = await rootfs.make(imageOf([layer, second]), {}, outputContext(stores));
      await rootfs.export(artifact, target, stores.blobs);
    },
    tidy: async () => {
      await assertLarge(target);
      await rm(target);
    },
  };
  return {
    what: 'rootfs output of two layers',
    inside: [
      'ours: open a namespace, mount the layers, pack, normalise, zstd -3, hash, flush to disk, copy out',
      'peer: as above, of the lower layer, which has all but one file',
    ],
    ours,
    peer: tarZstd(context, tree),
    goal: { ratio: 1.2 },
    rounds,
  };
}

function tarZstd({ folder }: BenchContext, tree: string): Side {
  const target = join(folder, 'peer.tar.zst');
  const script = 'tar --sort=name --create --directory="$1" . | zstd --quiet -3 -T1 -o "$2"';
  return {
    name: 'tar --sort=name -c | zstd -3 -T1',
    run: () => output(['sh', '-c', script, 'peer', tree, target]),
    tidy: async () => {
      await assertLarge(target);
      await rm(target);
    },
  };
}

/** Neither side may win by doing nothing. */
async function assertLarge(path: string): Promise<void> {
  const mebibytes = Number.parseInt(await output(['du', '--summarize', '--block-size=1M', path]), 10);
  if (mebibytes < 20) throw new Error(`${path} has only ${mebibytes} MiB`);
}
