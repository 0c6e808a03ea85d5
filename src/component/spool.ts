import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ErrorCode, GildError } from '../support/errors.ts';
import type { ChecksumAlgorithm } from './types.ts';

export interface Spooled {
  readonly path: string;
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
  /** By the algorithm asked for, in hex. */
  readonly checksum: string;
}

/** Where downloads are written until they are in the machine: 8 GiB each by default. */
export interface SpoolOptions {
  readonly directory: string;
  readonly maxBytes?: number;
  readonly algorithm?: ChecksumAlgorithm | undefined;
  /** For messages. */
  readonly name: string;
  /** Of a connection that breaks off in the middle, which is a failure of the download and not of the disk. */
  readonly brokenOff: ErrorCode;
  readonly signal?: AbortSignal | undefined;
}

/** Writes a body to a new file while it is counted and hashed. Throws `DOWNLOAD_REFUSED` and `brokenOff`. */
export async function spool(body: Readable, options: SpoolOptions): Promise<Spooled> {
  const path = await newPath(options.directory);
  try {
    const meter = createMeter(options);
    await receive(body, meter.stream, path, options);
    return { path, ...meter.result() };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** A name in the folder, which is made if needed, that nothing has. */
export async function newPath(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return join(directory, randomUUID());
}

async function receive(body: Readable, meter: Transform, path: string, options: SpoolOptions): Promise<void> {
  const { signal, brokenOff } = options;
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  try {
    await pipeline(body, meter, file, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    const isBroken = (error as { code?: string }).code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!isBroken && error !== body.errored) throw error;
    if (error instanceof GildError) throw error;
    throw new GildError({
      code: brokenOff,
      message: `${options.name}: the answer broke off.`,
      cause: error,
    });
  }
}

/** Counts and hashes what passes through. */
function createMeter({ maxBytes = 8 * 1024 ** 3, algorithm = 'SHA256', name }: SpoolOptions) {
  const sha256 = createHash('sha256');
  const other = algorithm === 'SHA256' ? undefined : createHash(algorithm.toLowerCase());
  let size = 0;
  const stream = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      size += chunk.length;
      if (size > maxBytes) {
        const message = `${name} is larger than ${maxBytes} bytes.`;
        return done(new GildError({ code: 'DOWNLOAD_REFUSED', message }));
      }
      sha256.update(chunk);
      other?.update(chunk);
      done(null, chunk);
    },
  });
  const result = () => {
    const hex = sha256.digest('hex');
    return { size, sha256: hex, checksum: other?.digest('hex') ?? hex };
  };
  return { stream, result };
}
