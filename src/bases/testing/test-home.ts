import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHost } from '../../host/host.ts';
import { createImageStore, type Records } from '../../images/store.ts';
import { createBlobStore } from '../../store/blobs.ts';
import { createTreeStore } from '../../trees/tree-store.ts';
import type { TreeStore } from '../../trees/types.ts';
import type { BaseContext } from '../types.ts';

/** A store of its own in a temporary folder, for tests of bases. */
export interface TestHome {
  readonly context: BaseContext;
  readonly records: Records;
  /** For files that references name. */
  readonly folder: string;
  readonly notes: string[];
  /** How often content was brought into the store. */
  imports(): number;
  remove(): Promise<void>;
}

export async function makeTestHome(): Promise<TestHome> {
  const root = await mkdtemp(join(tmpdir(), 'gild-bases-'));
  const home = join(root, 'home');
  const folder = join(root, 'files');
  await mkdir(folder);
  const host = createHost({ home });
  const blobs = createBlobStore(home);
  const records = createImageStore({ home, blobs });
  const notes: string[] = [];
  let imports = 0;
  const store = createTreeStore({ home, blobs, host });
  const trees: TreeStore = {
    ...store,
    importLayer: (...call) => {
      imports++;
      return store.importLayer(...call);
    },
    importRootfs: (...call) => {
      imports++;
      return store.importRootfs(...call);
    },
  };
  return {
    context: { architecture: 'amd64', trees, images: records, host, note: (line) => void notes.push(line) },
    records,
    folder,
    notes,
    imports: () => imports,
    remove: async () => {
      await records.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
