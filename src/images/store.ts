import type { Digest } from '../model/digest.ts';
import { type SharedDatabase, shareDatabase } from '../store/database.ts';
import { createLease } from '../store/lease.ts';
import type { BlobStore } from '../store/types.ts';
import { collectGarbage, recordedContent } from './garbage.ts';
import { createImageRecords } from './image-records.ts';
import { createRunRecords } from './run-records.ts';
import type { Collected, CollectOptions, ImageStore, RunStore } from './types.ts';

/** Everything that is on record in one GILD_HOME. The database is opened at the first call that needs it. */
export interface Records extends ImageStore, RunStore {
  /** Held while blobs or layers are used or made: nothing is collected meanwhile, in whatever process. */
  useContent(signal?: AbortSignal): Promise<() => void>;
  /** Removes every blob and layer that no image needs, those that a killed run left included. */
  collectGarbage(options: CollectOptions): Promise<Collected>;
  /** All that images need. */
  content(): Promise<{ readonly diffIds: readonly Digest[]; readonly blobs: readonly Digest[] }>;
  close(): Promise<void>;
}

export interface RecordsOptions {
  /** GILD_HOME. */
  readonly home: string;
  readonly blobs: BlobStore;
  /** Shared with others, and closed with the records; one of its own when absent. */
  readonly database?: SharedDatabase;
}

export function createImageStore({ home, blobs, database: shared }: RecordsOptions): Records {
  const lease = createLease(home);
  const { open: database, close } = shared ?? shareDatabase(home);
  return {
    ...createImageRecords({ database, lease, blobs }),
    ...createRunRecords(database),
    useContent: (signal) => lease.share(signal),
    collectGarbage: (options) => collectGarbage({ database, lease, blobs, ...options }),
    content: async () => recordedContent(await database()),
    close,
  };
}
