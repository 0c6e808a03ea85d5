import { defaultHome } from '../host/home.ts';
import { createImageStore, type Records } from '../images/store.ts';
import { createBlobStore } from '../store/blobs.ts';
import type { BlobStore } from '../store/types.ts';

/** What commands need that only look at what is on record. */
export interface Archive {
  readonly home: string;
  readonly blobs: BlobStore;
  readonly records: Records;
}

/** Lets `job` use the records of GILD_HOME. */
export async function withRecords<T>(job: (archive: Archive) => Promise<T>): Promise<T> {
  const home = defaultHome();
  const blobs = createBlobStore(home);
  const records = createImageStore({ home, blobs });
  try {
    return await job({ home, blobs, records });
  } finally {
    await records.close();
  }
}

/** The same, with no collection of garbage meanwhile: for whatever reads blobs. */
export function withContent<T>(signal: AbortSignal, job: (archive: Archive) => Promise<T>): Promise<T> {
  return withRecords(async (archive) => {
    const release = await archive.records.useContent(signal);
    try {
      return await job(archive);
    } finally {
      release();
    }
  });
}
