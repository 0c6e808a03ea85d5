import { createHost } from '../host/host.ts';
import { reclaim } from '../host/reclaim.ts';
import type { Host } from '../host/types.ts';
import { createImageStore, type Records } from '../images/store.ts';
import { createBlobStore } from '../store/blobs.ts';
import { type SharedDatabase, shareDatabase } from '../store/database.ts';
import type { BlobStore } from '../store/types.ts';
import { createDisposer, type Disposer } from '../support/disposer.ts';
import { createTreeStore } from '../trees/tree-store.ts';
import type { TreeStore } from '../trees/types.ts';

/** Everything that one GILD_HOME holds, opened for this process. */
export interface Workshop {
  readonly host: Host;
  readonly blobs: BlobStore;
  readonly trees: TreeStore;
  readonly records: Records;
  readonly database: SharedDatabase;
  /** Released by `close`, last first. */
  readonly disposer: Disposer;
  close(): Promise<void>;
}

/** Opens the stores; nothing is touched on disk before it is needed. */
export function openWorkshop(): Workshop {
  const host = createHost();
  const blobs = createBlobStore(host.home);
  const trees = createTreeStore({ home: host.home, blobs, host });
  const database = shareDatabase(host.home);
  const records = createImageStore({ home: host.home, blobs, database });
  const disposer = createDisposer();
  disposer.add(() => records.close());
  return { host, blobs, trees, records, database, disposer, close: () => disposer.dispose() };
}

/** For commands that make or use content: clears up after killed runs, and keeps collections away meanwhile. */
export async function beginWork(workshop: Workshop, signal: AbortSignal): Promise<void> {
  workshop.disposer.add(await workshop.records.useContent(signal));
  await reclaim(workshop.host);
}
