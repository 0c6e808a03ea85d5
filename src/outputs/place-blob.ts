import { constants, copyFile, link, stat } from 'node:fs/promises';
import { copySparse } from '../disks/copy-sparse.ts';
import type { Digest } from '../model/digest.ts';
import type { BlobStore } from '../store/types.ts';
import { GildError } from '../support/errors.ts';

/** A file of its own, which people may change as they like, with holes where the blob has them; a reflink if that can be. */
export async function copyBlob(blobs: BlobStore, digest: Digest, path: string): Promise<void> {
  const source = blobs.path(digest);
  await copyFile(source, path, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
    .catch(() => copyContent(source, path))
    .catch(explain(digest));
}

/** The kernel's own copy fills holes with zeros on most file systems. */
async function copyContent(source: string, path: string): Promise<void> {
  const { size, blocks } = await stat(source);
  if (blocks * 512 < size) await copySparse(source, path);
  else await copyFile(source, path, constants.COPYFILE_EXCL);
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
