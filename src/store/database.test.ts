import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { output } from '../support/process.ts';
import { openDatabase } from './database.ts';
import { migrations } from './migrations.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-database-'));
});

afterEach(() => rm(home, { recursive: true, force: true }));

describe('the database', () => {
  it('is made by whichever of several processes comes first', async () => {
    const script = `
      const { openDatabase } = await import(${JSON.stringify(join(import.meta.dirname, 'database.ts'))});
      const database = await openDatabase(${JSON.stringify(home)});
      const rows = await database.selectFrom('images').selectAll().execute();
      process.stdout.write(String(rows.length));
      await database.destroy();`;
    const open = () => output([process.execPath, '--input-type=module', '-e', script]);
    expect(await Promise.all([open(), open(), open(), open()])).toEqual(['0', '0', '0', '0']);
  });

  it('is durable: a write-ahead log, flushed at every commit', async () => {
    const database = await openDatabase(home);
    const { sql } = await import('kysely');
    const journal = await sql<{ journal_mode: string }>`pragma journal_mode`.execute(database);
    const synchronous = await sql<{ synchronous: number }>`pragma synchronous`.execute(database);
    await database.destroy();
    expect(journal.rows[0]?.journal_mode).toBe('wal');
    expect(synchronous.rows[0]?.synchronous).toBe(2);
  });

  it('refuses a store of a newer Gild and leaves it as it is', async () => {
    await (await openDatabase(home)).destroy();
    const raw = new DatabaseSync(join(home, 'gild.db'));
    raw.exec(`pragma user_version = ${migrations.length + 1}`);
    await expect(openDatabase(home)).rejects.toMatchObject({
      code: 'STORE_TOO_NEW',
      message: `The store was written by a newer Gild: its schema is ${migrations.length + 1}, this Gild knows ${migrations.length}.`,
    });
    expect(raw.prepare('pragma user_version').get()).toEqual({ user_version: migrations.length + 1 });
    raw.close();
  });

  it('says so when the file is no database', async () => {
    await writeFile(
      join(home, 'gild.db'),
      'not a database at all, but long enough to look like one'.repeat(50),
    );
    await expect(openDatabase(home)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });

  it('says so when the disk is full in the middle of a transaction', async () => {
    const database = await openDatabase(home);
    const { sql } = await import('kysely');
    await sql`pragma max_page_count = 1`.execute(database);
    const filling = database.transaction().execute(async (transaction) => {
      const row = { name: 'x'.repeat(100_000), major: 1, minor: 0, patch: 0, last_build: 1 };
      await transaction.insertInto('versions').values(row).execute();
    });
    await expect(filling).rejects.toMatchObject({ code: 'ENOSPC' });
    await database.destroy();
  });

  it('says so when it cannot be opened', async () => {
    await expect(openDatabase('/proc/self')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});
