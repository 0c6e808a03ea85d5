import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileSpec } from '../model/buildspec.ts';
import type { LockedFile } from '../model/lock.ts';
import { GildError } from '../support/errors.ts';

/**
 * Hashes what a recipe copies in: names, kinds, permission bits and bytes, never times or host owners.
 * Throws `FILE_NOT_FOUND` at the recipe's position.
 */
export async function lockFile(file: FileSpec, signal?: AbortSignal): Promise<LockedFile> {
  const hash = createHash('sha256');
  const total = { entries: 0, bytes: 0 };
  if (file.from.kind === 'text') {
    hash.update(`text\0${file.from.text}`);
    return { digest: `sha256:${hash.digest('hex')}`, entries: 1, bytes: Buffer.byteLength(file.from.text) };
  }
  try {
    await addPath(file.from.path, '');
  } catch (error) {
    throw missing(file, error);
  }
  return { digest: `sha256:${hash.digest('hex')}`, ...total };

  async function addPath(path: string, name: string): Promise<void> {
    signal?.throwIfAborted();
    const stat = await lstat(path);
    const mode = (stat.mode & 0o7777).toString(8);
    total.entries += 1;
    if (stat.isSymbolicLink()) {
      hash.update(`link\0${name}\0${await readlink(path)}\0`);
    } else if (stat.isDirectory()) {
      hash.update(`folder\0${name}\0${mode}\0`);
      for (const child of (await readdir(path)).sort()) await addPath(join(path, child), `${name}/${child}`);
    } else if (stat.isFile()) {
      hash.update(`file\0${name}\0${mode}\0${stat.size}\0`);
      total.bytes += stat.size;
      for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    } else {
      throw new Error(`${path} is neither a file, a folder nor a link`);
    }
  }
}

function missing(file: FileSpec, cause: unknown): GildError {
  const path = file.from.kind === 'path' ? file.from.path : '';
  const absent = (cause as { code?: string }).code === 'ENOENT';
  return new GildError({
    code: 'FILE_NOT_FOUND',
    message: absent
      ? `There is no ${path} to copy to ${file.to}.`
      : `${path} cannot be copied in: ${(cause as Error).message}`,
    hint: 'Paths in `files` are relative to the folder of the recipe.',
    ...(file.at && { at: file.at }),
    cause,
  });
}
