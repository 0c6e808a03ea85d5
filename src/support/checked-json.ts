import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Digest } from '../model/digest.ts';
import { digestOf } from './canonical.ts';
import { writeAtomically } from './files.ts';

/**
 * Writes what can be had again: a file that tells whether it is still what was written, and in the place that it was
 * written to.
 */
export async function writeCheckedJson(path: string, value: unknown, mode?: number): Promise<void> {
  await writeAtomically(path, `${JSON.stringify({ digest: checkOf(path, value), value })}\n`, mode);
}

/** Undefined where it is not there, or not whole. */
export async function readCheckedJson<T>(path: string): Promise<T | undefined> {
  try {
    const { digest, value } = JSON.parse(await readFile(path, 'utf8')) as Checked<T>;
    return checkOf(path, value) === digest ? value : undefined;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOENT' || error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

interface Checked<T> {
  readonly digest: Digest;
  readonly value: T;
}

/** A home may be moved; in it, name and folder together tell every record from all others. */
function checkOf(path: string, value: unknown): Digest {
  return digestOf(join(basename(dirname(path)), basename(path)), value);
}
