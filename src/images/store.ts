import { type Database, openDatabase } from '../store/database.ts';
import { createLease } from '../store/lease.ts';
import type { BlobStore } from '../store/types.ts';
import { collectGarbage } from './garbage.ts';
import { createImageRecords } from './image-records.ts';
import { createRunRecords } from './run-records.ts';
import type { Collected, CollectOptions, ImageStore, RunStore } from './types.ts';

/** Everything that is on record in one GILD_HOME. The database is opened at the first call that needs it. */
export interface Records extends ImageStore, RunStore {
  /** Held while blobs or layers are used or made: nothing is collected meanwhile, in whatever process. */
  useContent(signal?: AbortSignal): Promise<() => void>;
  /** Removes every blob and layer that no image needs, those that a killed run left included. */
  collectGarbage(options: CollectOptions): Promise<Collected>;
  close(): Promise<void>;
}

export interface RecordsOptions {
  /** GILD_HOME. */
  readonly home: string;
  readonly blobs: BlobStore;
}

export function createImageStore({ home, blobs }: RecordsOptions): Records {
  const lease = createLease(home);
  let opened: Promise<Database> | undefined;
  const database = () => {
    opened ??= openDatabase(home).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  return {
    ...createImageRecords({ database, lease, blobs }),
    ...createRunRecords(database),
    useContent: (signal) => lease.share(signal),
    collectGarbage: (options) => collectGarbage({ database, lease, blobs, ...options }),
    close: async () => {
      const closing = opened;
      opened = undefined;
      await (await closing)?.destroy();
    },
  };
}
