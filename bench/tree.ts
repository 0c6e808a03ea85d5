import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createHost } from '../src/host/host.ts';
import { removeTree } from '../src/host/remove-tree.ts';
import type { Host } from '../src/host/types.ts';
import type { Layer } from '../src/model/tree.ts';
import type { OutputContext, OutputInput } from '../src/outputs/types.ts';
import { createBlobStore } from '../src/store/blobs.ts';
import type { BlobStore } from '../src/store/types.ts';
import { output } from '../src/support/process.ts';
import { createTreeStore } from '../src/trees/tree-store.ts';
import type { TreeStore } from '../src/trees/types.ts';
import { debianTar } from './base-tree.ts';
import type { BenchContext } from './types.ts';

export interface Stores {
  readonly host: Host;
  readonly blobs: BlobStore;
  readonly trees: TreeStore;
}

/** A GILD_HOME of the bench's own. */
export function openStores(context: BenchContext, name: string): Stores {
  const home = join(context.folder, name);
  const host = createHost({ home });
  const blobs = createBlobStore(home);
  context.atEnd(() => removeTree(host, home));
  return { host, blobs, trees: createTreeStore({ home, blobs, host }) };
}

/** A minimal Debian in the store; its folder has the owners that it has in a machine. */
export async function debianLayer(context: BenchContext, { trees }: Stores): Promise<Layer> {
  const tar = await debianTar(context);
  return trees.importRootfs(createReadStream(tar), { epoch, createdBy: 'bench' });
}

export const epoch = 1_700_000_000;

/** On the disk for good before this returns: what is measured next does not wait for it. */
export async function copyTree(from: string, to: string): Promise<void> {
  await output(['cp', '--archive', from, to]);
  await output(['sync', '--file-system', to]);
}

export function imageOf(layers: readonly Layer[]): OutputInput {
  return {
    name: 'bench',
    version: '1.0.0',
    description: 'What the bench measures with',
    architecture: 'amd64',
    epoch,
    tree: { layers },
    config: { env: {}, user: '', workingDir: '/', entrypoint: [], cmd: ['/bin/sh'], ports: [], labels: {} },
  };
}

export function outputContext({ trees, blobs }: Stores): OutputContext {
  return { trees, blobs, note: () => undefined };
}
