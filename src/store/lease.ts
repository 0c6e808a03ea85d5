import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Who uses the store's content, across processes. A lease ends with its process, however that ends: it is the
 * kernel's lock on a file that stays empty.
 */
export interface Lease {
  /** Nothing is collected until this is released. Waits while a collection runs. */
  share(signal?: AbortSignal): Promise<() => void>;
  /** Nobody shares until this is released; undefined if somebody does now. */
  tryAlone(): Promise<(() => void) | undefined>;
}

export function createLease(home: string): Lease {
  return {
    share: async (signal) => {
      for (;;) {
        signal?.throwIfAborted();
        const release = await tryLock(home, 'begin; select count(*) from sqlite_schema');
        if (release) return release;
        await delay(retryMs, undefined, signal ? { signal } : {});
      }
    },
    tryAlone: () => tryLock(home, 'begin exclusive'),
  };
}

const retryMs = 50;

async function tryLock(home: string, sql: string): Promise<(() => void) | undefined> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const { importSqlite } = await import('./sqlite.ts');
  const { DatabaseSync } = await importSqlite();
  const database = new DatabaseSync(join(home, 'lease.db'), { timeout: 0 });
  try {
    database.exec(sql);
  } catch (error) {
    database.close();
    if (isLocked(error)) return undefined;
    throw error;
  }
  return once(() => release(database));
}

function isLocked(error: unknown): boolean {
  return ((error as { errcode?: number }).errcode ?? 0) % 256 === 5;
}

function release(database: DatabaseSync): void {
  database.exec('rollback');
  database.close();
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
