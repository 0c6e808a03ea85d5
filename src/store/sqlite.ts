import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { SqliteDatabase } from 'kysely';
import { GildError } from '../support/errors.ts';
import { importSqlite } from '../support/import-sqlite.ts';

/** Opens a database file, made if it is not there, as Kysely's SQLite dialect wants to have it. */
export async function openSqlite(path: string): Promise<SqliteDatabase & { exec(sql: string): void }> {
  const { DatabaseSync } = await importSqlite();
  const database = translated(path, () => new DatabaseSync(path, { timeout: busyTimeoutMs }));
  return {
    exec: (sql) => translated(path, () => (isOver(database, sql) ? undefined : database.exec(sql))),
    close: () => database.close(),
    prepare: (sql) => translated(path, () => statement(database, path, sql)),
  };
}

/** Transactions here last milliseconds; longer than this, something holds the file on purpose. */
const busyTimeoutMs = 15_000;

function statement(database: DatabaseSync, path: string, sql: string): ReturnType<SqliteDatabase['prepare']> {
  // A deferred transaction that turns from reading to writing fails at once where another process wrote meanwhile.
  const prepared = database.prepare(sql === 'begin' ? 'begin immediate' : sql);
  const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
  return {
    reader: prepared.columns().length > 0,
    all: (parameters) => translated(path, () => prepared.all(...values(parameters))),
    run: (parameters) =>
      translated(path, () =>
        isOver(database, sql) ? { changes: 0, lastInsertRowid: 0 } : prepared.run(...values(parameters)),
      ),
    iterate: (parameters) => prepared.iterate(...values(parameters)),
  };
}

/** Where the disk is full, SQLite has rolled back by itself, and an error of a second time would hide the first. */
function isOver(database: DatabaseSync, sql: string): boolean {
  return sql === 'rollback' && !database.isTransaction;
}

function translated<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw toStoreError(path, error);
  }
}

const busy = 5;
const readonly = 8;
const corrupt = 11;
const full = 13;
const cannotOpen = 14;
const notDatabase = 26;

function toStoreError(path: string, error: unknown): unknown {
  const code = (error as { errcode?: number }).errcode;
  if (code === undefined) return error;
  switch (code & 0xff) {
    case corrupt:
    case notDatabase:
      return new GildError({
        code: 'STORE_DAMAGED',
        message: `The database ${path} is damaged.`,
        hint: 'Restore it from a copy, or move it away: images must then be built anew.',
        cause: error,
      });
    case full:
      return Object.assign(new Error('database or disk is full', { cause: error }), { code: 'ENOSPC' });
    case readonly:
    case cannotOpen:
      return new GildError({
        code: 'STORE_UNAVAILABLE',
        message: `The database ${path} cannot be opened for writing.`,
        hint: 'Run as the user who owns the store, or point GILD_HOME at a folder of your own.',
        cause: error,
      });
    case busy:
      return new GildError({
        code: 'STORE_UNAVAILABLE',
        message: `Another process keeps the database ${path} locked.`,
        hint: 'Wait for it to end, then try again.',
        cause: error,
      });
    default:
      return error;
  }
}
