import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Generated, Kysely, SqliteDatabase } from 'kysely';
import { GildError } from '../support/errors.ts';
import { migrations } from './migrations.ts';

/** The tables of `gild.db`. Times are RFC 3339 in UTC. */
export interface Tables {
  images: {
    id: Generated<number>;
    name: string;
    major: number;
    minor: number;
    patch: number;
    build: number;
    state: string;
    created_at: string;
    run_id: string;
    /** The whole `Image` as JSON. */
    record: string;
    /** Of `record`'s bytes. */
    digest: string;
  };
  /** Blobs that an image needs; garbage collection keeps them. */
  image_blobs: { image_id: number; digest: string };
  image_layers: { image_id: number; diff_id: string };
  /** `name@1.0.0/2`: images that this one was made from. */
  image_parents: { image_id: number; parent: string };
  /** Outlives the images, so that no build number is given twice. */
  versions: { name: string; major: number; minor: number; patch: number; last_build: number };
  runs: {
    id: string;
    image: string;
    recipe: string;
    plan_id: string;
    started_at: string;
    finished_at: string | null;
    status: string;
    pid: number;
    /** Tells a process from another one that got the same pid later. */
    process: string;
  };
  /** The cache: what each piece of work came to, by its key. */
  work: {
    key: string;
    kind: string;
    name: string;
    image: string;
    /** The whole `WorkRecord` as JSON. */
    record: string;
    /** Of `record`'s bytes. */
    digest: string;
    created_at: string;
    used_at: string;
    /** Times that it was used again. */
    uses: number;
    /** That it took to make. */
    seconds: number;
  };
  work_layers: { key: string; diff_id: string };
  work_blobs: { key: string; digest: string };
}

export type Database = Kysely<Tables>;

/**
 * Opens `gild.db` in the store's folder; made, or brought up to date, if needed. Any number of processes may do
 * so at once. Throws `STORE_TOO_NEW`, `STORE_DAMAGED`, `STORE_UNAVAILABLE`.
 */
export async function openDatabase(home: string): Promise<Database> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const [{ Kysely, SqliteDialect }, { openSqlite }] = await Promise.all([
    import('kysely'),
    import('./sqlite.ts'),
  ]);
  const file = await openSqlite(join(home, 'gild.db'));
  try {
    await enterWriteAheadMode(file);
    file.exec('pragma synchronous = full; pragma foreign_keys = on;');
    migrate(file);
    return new Kysely<Tables>({ dialect: new SqliteDialect({ database: file }) });
  } catch (error) {
    file.close();
    throw error;
  }
}

/** One connection for whoever asks, opened by the first. */
export interface SharedDatabase {
  open(): Promise<Database>;
  close(): Promise<void>;
}

export function shareDatabase(home: string): SharedDatabase {
  let opened: Promise<Database> | undefined;
  return {
    open: () => {
      opened ??= openDatabase(home).catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
      return opened;
    },
    close: async () => {
      const closing = opened;
      opened = undefined;
      await (await closing)?.destroy();
    },
  };
}

type File = SqliteDatabase & { exec(sql: string): void };

/** The busy timeout does not cover this switch, which needs the file to itself once in its life. */
async function enterWriteAheadMode(file: File): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      file.exec('pragma journal_mode = wal');
      return;
    } catch (error) {
      const locked = error instanceof GildError && error.code === 'STORE_UNAVAILABLE';
      if (!locked || attempt === 100) throw error;
      await delay(20);
    }
  }
}

function migrate(file: File): void {
  if (schemaVersion(file) === migrations.length) return;
  file.exec('begin immediate');
  try {
    const from = schemaVersion(file);
    if (from > migrations.length) throw tooNew(from);
    for (const migration of migrations.slice(from)) file.exec(migration);
    file.exec(`pragma user_version = ${migrations.length}`);
    file.exec('commit');
  } catch (error) {
    file.exec('rollback');
    throw error;
  }
}

function schemaVersion(file: File): number {
  const [row] = file.prepare('pragma user_version').all([]) as { user_version: number }[];
  return row?.user_version ?? 0;
}

function tooNew(found: number): GildError {
  return new GildError({
    code: 'STORE_TOO_NEW',
    message: `The store was written by a newer Gild: its schema is ${found}, this Gild knows ${migrations.length}.`,
    hint: 'Use the newer Gild, or point GILD_HOME at another folder.',
  });
}
