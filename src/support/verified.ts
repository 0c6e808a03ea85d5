import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import type { Digest } from '../model/digest.ts';
import { GildError } from './errors.ts';

export interface Expected {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Who was asked for it, as people call it. */
  readonly from: string;
}

/**
 * The same stream, which fails at its end if the digest is another (`DOWNLOAD_REFUSED`), or if it is too short
 * (`DOWNLOAD_FAILED`), and as soon as it is too long. A failure of either side reaches the reader as its stream's error.
 */
export function verified(body: Readable, expected: Expected): Readable {
  return pipeline(body, check(expected), () => undefined);
}

export function mismatch({ digest, from }: Omit<Expected, 'size'>, found: string): GildError {
  return new GildError({
    code: 'DOWNLOAD_REFUSED',
    message: `${from}: ${found} came instead of ${digest}.`,
    hint: 'What was asked, or something between it and this host, changed or damaged the content.',
  });
}

function check(expected: Expected): Transform {
  const { digest, size } = expected;
  const hash = createHash('sha256');
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      hash.update(chunk);
      if (seen > size) done(mismatch(expected, `more than the ${size} bytes that were announced`));
      else done(null, chunk);
    },
    flush(done) {
      const found = `sha256:${hash.digest('hex')}`;
      if (seen < size) done(cutShort(expected, seen));
      else done(found === digest ? null : mismatch(expected, found));
    },
  });
}

function cutShort({ digest, size, from }: Expected, seen: number): GildError {
  const message = `${from}: ${digest} ended after ${seen} of ${size} bytes.`;
  return new GildError({ code: 'DOWNLOAD_FAILED', message });
}
