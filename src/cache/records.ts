import type { Digest } from '../model/digest.ts';
import type { Database } from '../store/database.ts';
import { sha256 } from '../support/canonical.ts';
import { distance } from './explain.ts';
import { neededBlobs } from './needed-blobs.ts';
import type { Preimage, WorkRecord } from './types.ts';

/** The table `work` of `gild.db`, with what each row needs of layers and blobs in tables beside it. */
export interface WorkRecords {
  find(key: Digest): Promise<WorkRecord | undefined>;
  /** Of the same work for the same image: the one that differs in fewest fields, newest first. */
  nearest(
    work: Pick<WorkRecord, 'kind' | 'name' | 'image'>,
    preimage: Preimage,
  ): Promise<WorkRecord | undefined>;
  /** In place of what was there under the same key. */
  put(record: WorkRecord): Promise<void>;
  /** All, with what each needs of the store. */
  list(): Promise<readonly ListedWork[]>;
  remove(keys: readonly Digest[]): Promise<void>;
  /** `now` is milliseconds since 1970. */
  touch(keys: readonly Digest[], now: number): Promise<void>;
}

export interface ListedWork extends Pick<WorkRecord, 'key' | 'kind' | 'name' | 'image' | 'seconds'> {
  /** Milliseconds since 1970. */
  readonly usedAt: number;
  readonly uses: number;
  readonly diffIds: readonly Digest[];
  readonly blobs: readonly Digest[];
}

export function createWorkRecords(database: () => Promise<Database>): WorkRecords {
  return {
    find: async (key) => {
      const open = await database();
      const row = await open
        .selectFrom('work')
        .select(['record', 'digest'])
        .where('key', '=', key)
        .executeTakeFirst();
      return row && read(row);
    },
    nearest: async ({ kind, name, image }, preimage) => {
      const rows = await (await database())
        .selectFrom('work')
        .select(['record', 'digest'])
        .where('kind', '=', kind)
        .where('name', '=', name)
        .where('image', '=', image)
        .orderBy('used_at', 'desc')
        .limit(mostCompared)
        .execute();
      return nearestOf(
        rows.map(read).filter((record) => record !== undefined),
        { kind, name, image },
        preimage,
      );
    },
    list: async () => list(await database()),
    remove: async (keys) => {
      const open = await database();
      for (let start = 0; start < keys.length; start += mostAtOnce)
        await open
          .deleteFrom('work')
          .where('key', 'in', keys.slice(start, start + mostAtOnce))
          .execute();
    },
    put: async (record) => put(await database(), record),
    touch: async (keys, now) => {
      if (keys.length === 0) return;
      await (await database())
        .updateTable('work')
        .set((row) => ({ used_at: new Date(now).toISOString(), uses: row('uses', '+', 1) }))
        .where('key', 'in', keys)
        .execute();
    },
  };
}

const mostCompared = 20;

/** Of records of the same work for the same image, the first ones first. */
export function nearestOf(
  records: readonly WorkRecord[],
  { kind, name, image }: Pick<WorkRecord, 'kind' | 'name' | 'image'>,
  preimage: Preimage,
): WorkRecord | undefined {
  const same = records.filter(
    (record) => record.kind === kind && record.name === name && record.image === image,
  );
  const measured = same
    .slice(0, mostCompared)
    .map((record) => ({ record, far: distance(record.preimage, preimage) }));
  return measured.sort((a, b) => a.far - b.far)[0]?.record;
}

/** SQLite takes a limited number of values in a statement. */
const mostAtOnce = 500;

async function list(database: Database): Promise<ListedWork[]> {
  const [rows, layers, blobs] = await Promise.all([
    database
      .selectFrom('work')
      .select(['key', 'kind', 'name', 'image', 'seconds', 'used_at', 'uses'])
      .execute(),
    database.selectFrom('work_layers').selectAll().execute(),
    database.selectFrom('work_blobs').selectAll().execute(),
  ]);
  const layersOf = Map.groupBy(layers, (row) => row.key);
  const blobsOf = Map.groupBy(blobs, (row) => row.key);
  return rows.map(({ key, kind, name, image, seconds, used_at, uses }) => ({
    key: key as Digest,
    kind: kind as WorkRecord['kind'],
    name,
    image,
    seconds,
    usedAt: Date.parse(used_at),
    uses,
    diffIds: (layersOf.get(key) ?? []).map((row) => row.diff_id as Digest),
    blobs: (blobsOf.get(key) ?? []).map((row) => row.digest as Digest),
  }));
}

async function put(database: Database, record: WorkRecord): Promise<void> {
  const text = JSON.stringify(record);
  const { key, kind, name, image, createdAt, seconds, result } = record;
  const layers = [...new Set((result.layers ?? []).map((layer) => layer.diffId))];
  const blobs = neededBlobs(result);
  await database.transaction().execute(async (transaction) => {
    await transaction.deleteFrom('work').where('key', '=', key).execute();
    await transaction
      .insertInto('work')
      .values({
        key,
        kind,
        name,
        image,
        record: text,
        digest: sha256(text),
        created_at: createdAt,
        used_at: createdAt,
        uses: 0,
        seconds,
      })
      .execute();
    if (layers.length > 0)
      await transaction
        .insertInto('work_layers')
        .values(layers.map((diff_id) => ({ key, diff_id })))
        .execute();
    if (blobs.length > 0)
      await transaction
        .insertInto('work_blobs')
        .values(blobs.map((digest) => ({ key, digest })))
        .execute();
  });
}

/** One that was altered is as good as none. */
function read({
  record,
  digest,
}: {
  readonly record: string;
  readonly digest: string;
}): WorkRecord | undefined {
  return sha256(record) === digest ? (JSON.parse(record) as WorkRecord) : undefined;
}
