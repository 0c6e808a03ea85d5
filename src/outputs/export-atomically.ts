import { randomUUID } from 'node:crypto';
import { lstat, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { GildError } from '../support/errors.ts';

/** Lets `write` fill a temporary neighbour of `path`, then renames it. Throws `EXPORT_EXISTS`. */
export async function exportAtomically(
  path: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const target = resolve(path);
  await refuseExisting(target);
  await mkdir(dirname(target), { recursive: true });
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    await write(temporary);
    await refuseExisting(target);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

async function refuseExisting(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (!found) return;
  throw new GildError({
    code: 'EXPORT_EXISTS',
    message: `${path} exists already.`,
    hint: 'Choose another path, or remove it first.',
  });
}
