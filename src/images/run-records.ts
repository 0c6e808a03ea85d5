import type { Selectable } from 'kysely';
import type { Database, Tables } from '../store/database.ts';
import { GildError } from '../support/errors.ts';
import { nearest } from '../support/nearest.ts';
import { isRunning, ownIdentity } from './processes.ts';
import type { RunRecord, RunStore } from './types.ts';

export function createRunRecords(database: () => Promise<Database>): RunStore {
  return {
    startRun: async (run) => start(await database(), run),
    finishRun: async (id, status) => finish(await database(), id, status),
    listRuns: async (image) => list(await database(), image),
    findRun: async (id) => find(await database(), id),
  };
}

type Row = Selectable<Tables['runs']>;

async function start(database: Database, run: Parameters<RunStore['startRun']>[0]): Promise<RunRecord> {
  await markLost(database);
  const row: Row = {
    id: run.id,
    image: run.image,
    recipe: run.recipe,
    plan_id: run.planId,
    started_at: new Date().toISOString(),
    finished_at: null,
    status: 'running',
    pid: process.pid,
    process: ownIdentity(),
  };
  await database.insertInto('runs').values(row).execute();
  return toRecord(row);
}

/** Whatever ended a process left its runs as `running`. */
async function markLost(database: Database): Promise<void> {
  const running = await database.selectFrom('runs').selectAll().where('status', '=', 'running').execute();
  for (const row of running) {
    if (isRunning(row.pid, row.process)) continue;
    await database
      .updateTable('runs')
      .set({ status: 'lost' })
      .where('id', '=', row.id)
      .where('status', '=', 'running')
      .execute();
  }
}

async function finish(database: Database, id: string, status: RunRecord['status']): Promise<void> {
  const { numUpdatedRows } = await database
    .updateTable('runs')
    .set({ status, finished_at: new Date().toISOString() })
    .where('id', '=', id)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw notFound(id, []);
}

async function list(database: Database, image: string | undefined): Promise<readonly RunRecord[]> {
  let query = database.selectFrom('runs').selectAll();
  if (image !== undefined) query = query.where('image', '=', image);
  const rows = await query.orderBy('started_at', 'desc').orderBy('id', 'desc').execute();
  return rows.map(asItIsNow);
}

async function find(database: Database, id: string | undefined): Promise<RunRecord> {
  let query = database.selectFrom('runs').selectAll();
  // A pattern match would read `_` and `%` in the id as wildcards.
  if (id !== undefined)
    query = query.where((row) => row(row.fn('substr', ['id', row.val(1), row.val(id.length)]), '=', id));
  const rows = await query.orderBy('started_at', 'desc').orderBy('id', 'desc').limit(6).execute();
  const [first] = rows.filter((row) => id === undefined || row.id === id);
  const row = first ?? (rows.length === 1 ? rows[0] : undefined);
  if (row) return asItIsNow(row);
  if (rows.length > 1) throw ambiguous(id ?? '', rows);
  throw notFound(
    id,
    (await database.selectFrom('runs').select('id').execute()).map((run) => run.id),
  );
}

function asItIsNow(row: Row): RunRecord {
  if (row.status !== 'running' || isRunning(row.pid, row.process)) return toRecord(row);
  return toRecord({ ...row, status: 'lost' });
}

function toRecord(row: Row): RunRecord {
  return {
    id: row.id,
    image: row.image,
    recipe: row.recipe,
    planId: row.plan_id,
    startedAt: row.started_at,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
    status: row.status as RunRecord['status'],
    pid: row.pid,
  };
}

function ambiguous(id: string, rows: readonly Row[]): GildError {
  return new GildError({
    code: 'RUN_NOT_FOUND',
    message: `More than one run starts with \`${id}\`.`,
    hint: `Write more of it: ${rows.map((row) => row.id).join(', ')}${rows.length > 5 ? ' ...' : ''}`,
  });
}

function notFound(id: string | undefined, known: readonly string[]): GildError {
  if (id === undefined) {
    return new GildError({
      code: 'RUN_NOT_FOUND',
      message: 'No run is recorded yet.',
      hint: '`gild build` starts one.',
    });
  }
  const meant = nearest(id, known);
  return new GildError({
    code: 'RUN_NOT_FOUND',
    message: `There is no run \`${id}\`.`,
    hint: meant === undefined ? '`gild runs` lists them all.' : `Did you mean \`${meant}\`?`,
  });
}
