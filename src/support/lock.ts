import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PassThrough } from 'node:stream';
import { GildError } from './errors.ts';
import { runProcess } from './process.ts';

/**
 * Runs `work` while no other process runs under the same lock file. The kernel holds the lock for a child that
 * reads our pipe, so that it ends with this process however that ends; the empty file stays.
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const stdin = new PassThrough();
  const held = Promise.withResolvers<void>();
  const holder = runProcess(['flock', '--exclusive', '--no-fork', path, 'cat'], {
    stdin,
    onStdout: () => held.resolve(),
    signal,
  });
  stdin.write('\n');
  try {
    await Promise.race([held.promise, holder.then(refuseToGoOn)]);
    signal?.throwIfAborted();
    return await work();
  } finally {
    stdin.end();
    await holder.catch(() => undefined);
  }
}

/** The holder only ends before us if it did not get the lock. */
function refuseToGoOn(): never {
  throw new GildError({ code: 'HOST_UNSUPPORTED', message: 'A lock could not be taken: `flock` failed.' });
}
