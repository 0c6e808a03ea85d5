import { constants, copyFile, link } from 'node:fs/promises';
import type { Digest } from '../model/digest.ts';
import type { BlobStore } from '../store/types.ts';
import { GildError } from '../support/errors.ts';

/** A file of its own, which people may change as they like; a reflink where the file system has them. */
export async function copyBlob(blobs: BlobStore, digest: Digest, path: string): Promise<void> {
  await copyFile(blobs.path(digest), path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL).catch(
    explain(digest),
  );
}

/** For folders of blobs named by their digests, which nobody edits: a hard link where a reflink cannot be. */
export async function linkBlob(blobs: BlobStore, digest: Digest, path: string): Promise<void> {
  const source = blobs.path(digest);
  await copyFile(source, path, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
    .catch(() => link(source, path))
    .catch(() => copyBlob(blobs, digest, path));
}

function explain(digest: Digest) {
  return (error: unknown): never => {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    throw new GildError({
      code: 'STORE_DAMAGED',
      message: `The blob ${digest} is not in the store.`,
      hint: 'Build the image again: its record says from which recipe.',
      cause: error,
    });
  };
}
