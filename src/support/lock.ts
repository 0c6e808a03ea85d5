import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { GildError } from './errors.ts';
import { importSqlite } from './import-sqlite.ts';

/** `shared` is had by many at once, `alone` by one while nobody shares. */
export type LockKind = 'shared' | 'alone';

/**
 * Locks a file, made if it is not there; undefined if somebody else has it, in this process or another. It is the
 * kernel's lock, which ends with this process however that ends; the empty file stays. SQLite takes it: Node has no
 * call for that, and a child that holds a lock for us costs more than most of what is locked. Nothing else in this
 * process may open the file. Throws `HOST_UNSUPPORTED` where the file cannot be locked at all.
 */
export async function tryLock(path: string, kind: LockKind): Promise<(() => void) | undefined> {
  const { DatabaseSync } = await importSqlite();
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec(statements[kind]);
  } catch (error) {
    database?.close();
    if (isLocked(error)) return undefined;
    throw cannotLock(path, error);
  }
  return once(database);
}

/** The same, but waits for whoever has it. */
export async function takeLock(path: string, kind: LockKind, signal?: AbortSignal): Promise<() => void> {
  for (;;) {
    signal?.throwIfAborted();
    const release = await tryLock(path, kind);
    if (release) return release;
    await delay(retryMs, undefined, signal ? { signal } : {});
  }
}

/** Runs `work` while nobody else runs under the same lock file. Makes the file's folder. */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const release = await takeLock(path, 'alone', signal);
  try {
    return await work();
  } finally {
    release();
  }
}

const retryMs = 50;

const statements = {
  shared: 'begin; select count(*) from sqlite_schema',
  // A journal on the disk could not be written where that is full.
  alone: 'pragma journal_mode = memory; begin exclusive',
} satisfies Record<LockKind, string>;

const busy = 5;

function isLocked(error: unknown): boolean {
  return ((error as { errcode?: number }).errcode ?? 0) % 256 === busy;
}

function cannotLock(path: string, cause: unknown): GildError {
  const message = `The file ${path} cannot be locked.`;
  return new GildError({ code: 'HOST_UNSUPPORTED', message, cause });
}

function once(database: DatabaseSync): () => void {
  let done = false;
  return () => {
    if (!done) {
      database.exec('rollback');
      database.close();
    }
    done = true;
  };
}
