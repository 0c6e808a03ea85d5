import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { GildError } from '../support/errors.ts';

/** Opens a file that has to be one: no device or pipe is waited for. Throws `BASE_NOT_FOUND` naming the base. */
export async function openBaseFile(path: string, reference: string, flags = 0): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | flags).catch((error: unknown) => {
    throw notThere(path, reference, error);
  });
  const status = await file.stat();
  if (status.isFile()) return file;
  await file.close();
  const hint = status.isDirectory()
    ? 'It is a folder; an OCI image layout is written oci:./folder.'
    : undefined;
  throw notFound(reference, `${path} is not a regular file`, hint);
}

export function notFound(reference: string, why: string, hint?: string, cause?: unknown): GildError {
  return new GildError({
    code: 'BASE_NOT_FOUND',
    message: `The base ${reference} cannot be found: ${why}.`,
    hint: hint ?? 'Relative paths start at the folder of the recipe.',
    cause,
  });
}

function notThere(path: string, reference: string, error: unknown): GildError {
  const { code } = error as NodeJS.ErrnoException;
  const why: Readonly<Record<string, string>> = {
    ENOENT: `there is no ${path}`,
    EACCES: `${path} may not be read`,
    ELOOP: `${path} is a symbolic link`,
  };
  return notFound(reference, why[code ?? ''] ?? `${path} cannot be opened (${code})`, undefined, error);
}

export function changed(reference: string, path: string): GildError {
  return new GildError({
    code: 'BASE_NOT_FOUND',
    message: `The base ${reference} is not what it was when the build was planned: ${path} has changed.`,
    hint: 'Start the build again, and let nothing write to the file meanwhile.',
  });
}
