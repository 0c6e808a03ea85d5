import { randomUUID } from 'node:crypto';
import { constants, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Digest } from '../../model/digest.ts';
import { canonicalJson, sha256 } from '../../support/canonical.ts';
import { GildError } from '../../support/errors.ts';
import { readBeginning, writeAtomically } from '../../support/files.ts';
import { withFileLock } from '../../support/lock.ts';
import { manifestLimit } from '../../support/registry/client.ts';
import type { OutgoingBlob } from '../../support/registry/push.ts';
import { mismatch, verified } from '../../support/verified.ts';
import { type Index, type IndexEntry, readIndex, refName } from './layout-index.ts';
import { manifestType } from './manifest.ts';
import { sweepLayout } from './sweep-layout.ts';
import type { BlobName, Place, PlaceKind } from './types.ts';

/** `type=local,src=FOLDER`, `type=local,dest=FOLDER`: an OCI image layout, which may be on a disk that hosts share. */
export const local: PlaceKind = {
  type: 'local',
  settings: { from: ['src', 'tag'], to: ['dest', 'tag'] },
  open: (where, settings) => openLayout(resolve(where), settings.get('tag') ?? 'latest'),
};

function openLayout(folder: string, tag: string): Place {
  const name = tag === 'latest' ? folder : `${folder}:${tag}`;
  const pathOf = (digest: Digest) => join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length));
  const indexPath = join(folder, 'index.json');

  async function entries(): Promise<Index> {
    return readIndex(await unlessGone(readBeginning(indexPath, manifestLimit)), name);
  }

  return {
    name,
    manifest: async () => {
      const entry = (await entries()).manifests.find((candidate) => refName(candidate) === tag);
      if (!entry) return undefined;
      const bytes = await readBeginning(pathOf(entry.digest), manifestLimit);
      if (sha256(bytes) === entry.digest) return bytes;
      throw new GildError({
        code: 'DOWNLOAD_REFUSED',
        message: `${name}: its manifest is not the one that its index names.`,
      });
    },
    blob: async ({ digest, size }, signal) => {
      const file = await open(pathOf(digest), constants.O_RDONLY | constants.O_NONBLOCK);
      const found = await file.stat();
      if (!found.isFile() || found.size !== size) {
        await file.close();
        throw mismatch({ digest, from: name }, `a file of ${found.size} bytes`);
      }
      return verified(file.createReadStream({ ...(signal && { signal }) }), { digest, size, from: name });
    },
    has: (blob) => isThere(pathOf(blob.digest), blob),
    send: async (blob, signal) => {
      await prepare(folder, name);
      await writeBlob(pathOf(blob.digest), blob, { name, signal });
    },
    publish: async (bytes) => {
      await prepare(folder, name);
      const digest = sha256(bytes);
      await writeAtomically(pathOf(digest), bytes);
      const { manifests } = await entries();
      const entry: IndexEntry = {
        mediaType: manifestType,
        digest,
        size: bytes.length,
        annotations: { 'org.opencontainers.image.ref.name': tag },
      };
      const others = manifests.filter((other) => refName(other) !== tag);
      const index = { schemaVersion: 2, manifests: [...others, entry] };
      await writeAtomically(indexPath, canonicalJson(index));
      await sweepLayout(folder, index.manifests);
    },
    alone: async (job, signal) => {
      await prepare(folder, name);
      return withFileLock(join(folder, '.lock'), job, signal);
    },
  };
}

/** What is there counts as new: a sweep by another host leaves it until a manifest lists it. */
async function isThere(path: string, { size }: BlobName): Promise<boolean> {
  const found = await unlessGone(stat(path));
  if (!found?.isFile() || found.size !== size) return false;
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
  return true;
}

async function writeBlob(
  path: string,
  { digest, size, open: read }: OutgoingBlob,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const content = verified(read(), { digest, size, from: name });
    await pipeline(content, createWriteStream(temporary, { flags: 'wx', flush: true }), {
      ...(signal && { signal }),
    });
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Makes a layout of a folder that is empty or not there; what is in another one is nobody's cache. */
async function prepare(folder: string, name: string): Promise<void> {
  if (await unlessGone(stat(join(folder, 'oci-layout')))) return;
  const others = ((await unlessGone(readdir(folder))) ?? []).filter((entry) => !ours.test(entry));
  if (others.length > 0)
    throw new GildError({
      code: 'REMOTE_CACHE_FAILED',
      message: `${name} holds something else than a cache: ${others.slice(0, 3).join(', ')}.`,
      hint: 'Name a folder that is empty, or not there yet.',
    });
  await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true });
  await writeAtomically(join(folder, 'oci-layout'), canonicalJson({ imageLayoutVersion: '1.0.0' }));
}

/** Another host may be making the same. */
const ours = /^(?:blobs$|\.lock$|oci-layout\b)/;

async function unlessGone<T>(wanted: Promise<T>): Promise<T | undefined> {
  return wanted.catch((error: { code?: string }) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
