import type { Insertable, Selectable, Transaction } from 'kysely';
import type { Image } from '../model/image.ts';
import type { Database, Tables } from '../store/database.ts';
import type { Lease } from '../store/lease.ts';
import type { BlobStore } from '../store/types.ts';
import { sha256, shortDigest } from '../support/canonical.ts';
import { GildError } from '../support/errors.ts';
import { imageLabel, imageNotFound } from './reference.ts';
import type { ImageStore } from './types.ts';
import {
  following,
  formatVersion,
  parseVersion,
  requirePattern,
  type Version,
  type VersionPattern,
} from './version.ts';

export interface ImageRecordsOptions {
  readonly database: () => Promise<Database>;
  readonly lease: Lease;
  readonly blobs: BlobStore;
}

export function createImageRecords(options: ImageRecordsOptions): ImageStore {
  const { database } = options;
  return {
    find: async (name, version, build) =>
      find(await database(), { name, pattern: requirePattern(version), build }),
    nextVersion: async (name, pattern) => nextVersion(await database(), name, requirePattern(pattern)),
    publish: (image) => publish(options, image),
    list: async (name) => list(await database(), name),
    remove: async (image, { evenIfUsed = false } = {}) => remove(await database(), image, evenIfUsed),
  };
}

async function find(
  database: Database,
  wanted: { readonly name: string; readonly pattern: VersionPattern; readonly build: number | undefined },
): Promise<Image | undefined> {
  let query = database
    .selectFrom('images')
    .select(['record', 'digest'])
    .where('name', '=', wanted.name)
    .where('state', '=', 'available');
  for (const place of places) {
    const number = wanted.pattern[place];
    if (number !== undefined) query = query.where(place, '=', number);
  }
  if (wanted.build !== undefined) query = query.where('build', '=', wanted.build);
  const row = await query
    .orderBy('major', 'desc')
    .orderBy('minor', 'desc')
    .orderBy('patch', 'desc')
    .orderBy('build', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toImage(row);
}

async function nextVersion(database: Database, name: string, pattern: VersionPattern): Promise<string> {
  let query = database.selectFrom('versions').select(['major', 'minor', 'patch']).where('name', '=', name);
  for (const place of places) {
    const number = pattern[place];
    if (number !== undefined) query = query.where(place, '=', number);
  }
  const newest = await query
    .orderBy('major', 'desc')
    .orderBy('minor', 'desc')
    .orderBy('patch', 'desc')
    .limit(1)
    .executeTakeFirst();
  return formatVersion(following(pattern, newest));
}

async function publish(
  { database, lease, blobs }: ImageRecordsOptions,
  image: Omit<Image, 'build'>,
): Promise<Image> {
  const version = requireVersion(image.version);
  const release = await lease.share();
  try {
    await requireBlobs(image, blobs);
    const open = await database();
    return await open.transaction().execute(async (transaction) => {
      const build = await nextBuild(transaction, image.name, version);
      const numbered: Image = { ...image, build };
      await insert(transaction, numbered, version);
      return numbered;
    });
  } finally {
    release();
  }
}

/** A record never names content that is not there. */
async function requireBlobs(image: Omit<Image, 'build'>, blobs: BlobStore): Promise<void> {
  for (const digest of neededBlobs(image)) {
    if (await blobs.has(digest)) continue;
    throw new GildError({
      code: 'STORE_DAMAGED',
      message: `The blob ${shortDigest(digest)} of image \`${image.name}@${image.version}\` is not in the store.`,
      hint: 'Build the image again.',
    });
  }
}

function neededBlobs(image: Omit<Image, 'build'>) {
  return new Set([
    ...image.layers.map((layer) => layer.blob),
    ...image.artifacts.flatMap((artifact) => artifact.blobs),
  ]);
}

async function nextBuild(transaction: Transaction<Tables>, name: string, version: Version): Promise<number> {
  const { last_build } = await transaction
    .insertInto('versions')
    .values({ name, ...version, last_build: 1 })
    .onConflict((conflict) =>
      conflict
        .columns(['name', 'major', 'minor', 'patch'])
        .doUpdateSet((row) => ({ last_build: row('versions.last_build', '+', 1) })),
    )
    .returning('last_build')
    .executeTakeFirstOrThrow();
  return last_build;
}

async function insert(transaction: Transaction<Tables>, image: Image, version: Version): Promise<void> {
  const { id } = await transaction
    .insertInto('images')
    .values(toRow(image, version))
    .returning('id')
    .executeTakeFirstOrThrow();
  const blobs = [...neededBlobs(image)].map((digest) => ({ image_id: id, digest }));
  const layers = [...new Set(image.layers.map((layer) => layer.diffId))].map((diff_id) => ({
    image_id: id,
    diff_id,
  }));
  const parents = [...new Set(image.parents)].map((parent) => ({ image_id: id, parent }));
  if (blobs.length > 0) await transaction.insertInto('image_blobs').values(blobs).execute();
  if (layers.length > 0) await transaction.insertInto('image_layers').values(layers).execute();
  if (parents.length > 0) await transaction.insertInto('image_parents').values(parents).execute();
}

function toRow(image: Image, version: Version): Insertable<Tables['images']> {
  const record = JSON.stringify(image);
  return {
    name: image.name,
    ...version,
    build: image.build,
    state: image.state,
    created_at: image.createdAt,
    run_id: image.runId,
    record,
    digest: sha256(record),
  };
}

async function list(database: Database, name: string | undefined): Promise<readonly Image[]> {
  let query = database.selectFrom('images').select(['record', 'digest']);
  if (name !== undefined) query = query.where('name', '=', name);
  const rows = await query
    .orderBy('name')
    .orderBy('major', 'desc')
    .orderBy('minor', 'desc')
    .orderBy('patch', 'desc')
    .orderBy('build', 'desc')
    .execute();
  return rows.map(toImage);
}

function toImage({ record, digest }: Pick<Selectable<Tables['images']>, 'record' | 'digest'>): Image {
  if (sha256(record) === digest) return JSON.parse(record) as Image;
  throw new GildError({
    code: 'STORE_DAMAGED',
    message: 'An image record in `gild.db` does not match its digest.',
    hint: 'The file was changed by something else than Gild, or the disk is failing.',
  });
}

async function remove(database: Database, image: Image, evenIfUsed: boolean): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    const users = await transaction
      .selectFrom('image_parents')
      .innerJoin('images', 'images.id', 'image_parents.image_id')
      .select(['name', 'major', 'minor', 'patch', 'build'])
      .where('parent', '=', imageLabel(image))
      .execute();
    if (users.length > 0 && !evenIfUsed)
      throw inUse(
        image,
        users.map((row) => imageLabel({ ...row, version: formatVersion(row) })),
      );
    const { numDeletedRows } = await transaction
      .deleteFrom('images')
      .where((row) => row.and({ name: image.name, ...requireVersion(image.version), build: image.build }))
      .executeTakeFirst();
    if (numDeletedRows === 0n) throw imageNotFound(image, []);
  });
}

function inUse(image: Image, users: readonly string[]): GildError {
  return new GildError({
    code: 'IMAGE_IN_USE',
    message: `\`${imageLabel(image)}\` is the base of ${users.map((user) => `\`${user}\``).join(', ')}.`,
    hint: 'Remove those first, or remove it with `--force`: they stay whole.',
  });
}

function requireVersion(text: string): Version {
  const version = parseVersion(text);
  if (version) return version;
  throw new GildError({ code: 'BUG', message: `An image cannot be recorded under the version \`${text}\`.` });
}

const places = ['major', 'minor', 'patch'] as const;
