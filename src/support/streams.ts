import { once } from 'node:events';
import { Readable, type Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export function readable(source: AsyncIterable<Buffer>): Readable {
  return Readable.from(source, { objectMode: false });
}

/** Yields each chunk once `branch` has room for it; throws what makes `finished` fail, at the latest at the end. */
export async function* tee(
  source: AsyncIterable<Buffer>,
  branch: Writable,
  finished: Promise<unknown>,
): AsyncGenerator<Buffer> {
  finished.catch(() => undefined);
  try {
    for await (const chunk of source) {
      if (!branch.write(chunk)) await Promise.race([once(branch, 'drain'), finished]);
      yield chunk;
    }
    branch.end();
    await finished;
  } finally {
    branch.destroy();
  }
}

/** Runs `source` through `transform` into `consume`; waits for both, throws the source's error first. */
export async function through<T>(
  source: AsyncIterable<Buffer>,
  transform: Transform,
  consume: (transformed: Readable) => Promise<T>,
): Promise<T> {
  const [fed, consumed] = await Promise.allSettled([
    pipeline(readable(source), transform),
    consume(transform),
  ]);
  if (fed.status === 'rejected' && consumed.status === 'rejected')
    throw rootCause(fed.reason, consumed.reason);
  if (consumed.status === 'rejected') throw consumed.reason;
  if (fed.status === 'rejected') throw fed.reason;
  return consumed.value;
}

/** Where one side fails, the other only sees its stream close, or destroyed by the one that read it. */
function rootCause(first: unknown, second: unknown): unknown {
  const { code } = first as { code?: unknown };
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR' ? second : first;
}
