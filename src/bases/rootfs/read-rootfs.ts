import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Duplex, PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { BaseSpec } from '../../model/buildspec.ts';
import type { Digest } from '../../model/digest.ts';
import type { LockedBase } from '../../model/lock.ts';
import type { Layer } from '../../model/tree.ts';
import { GildError } from '../../support/errors.ts';
import { createTarReader } from '../../support/tar/reader.ts';
import { splitFrames } from '../../support/zstd/split-frames.ts';
import { type Compression, compressionOf } from '../container/compression.ts';
import { keptLayer } from '../kept.ts';
import { changed, openBaseFile } from '../paths.ts';
import { surveyed } from '../surveyed.ts';
import type { BaseContext } from '../types.ts';

export async function resolveRootfs(spec: BaseSpec, { host, signal }: BaseContext): Promise<LockedBase> {
  const { path } = spec.options as unknown as { path: string };
  const { reference } = spec;
  const handle = await openBaseFile(path, reference);
  try {
    const { digest, newest } = await surveyed({ path, handle, home: host.home }, () =>
      survey(handle, { path, reference, signal }),
    );
    const epoch = Math.min(newest, Math.floor(Date.now() / 1000));
    return { kind: 'rootfs', reference, digest, epoch, pin: { path } };
  } finally {
    await handle.close();
  }
}

export async function fetchRootfs(locked: LockedBase, context: BaseContext): Promise<readonly Layer[]> {
  const { path } = locked.pin as unknown as { path: string };
  const layer = await keptLayer(locked.digest, context, async () => {
    const { trees, signal } = context;
    const file = await openBaseFile(path, locked.reference);
    const { through, found } = hashing();
    const content = new PassThrough();
    const reading = pipeline(file.createReadStream(), through, content, signal ? { signal } : {});
    reading.catch(() => undefined);
    const layer = await trees.importRootfs(content, {
      epoch: locked.epoch,
      createdBy: locked.reference,
      signal,
    });
    content.resume();
    await reading;
    if (found() !== locked.digest) throw changed(locked.reference, path);
    return layer;
  });
  return [layer];
}

/** Reads the whole file once: its digest, and the newest date of what is in it. */
async function survey(
  file: FileHandle,
  { path, reference, signal }: { path: string; reference: string; signal: AbortSignal | undefined },
): Promise<{ digest: Digest; newest: number }> {
  const compression = await compressionOf(file, reference);
  const { through, found } = hashing();
  let newest = 0;
  const reader = createTarReader({
    entry: ({ mtime }) => {
      if (mtime > newest) newest = mtime;
    },
    data: () => undefined,
    end: () => undefined,
  });
  const tar = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(attempt(() => reader.push(chunk)));
    },
    flush(done) {
      done(attempt(() => reader.end()));
    },
  });
  tar.resume();
  await pipeline(
    [file.createReadStream({ start: 0, autoClose: false }), through, ...decompress(compression), tar],
    signal ? { signal } : {},
  ).catch((error: unknown) => {
    const { code } = error as { code?: string };
    if (!code?.startsWith('Z_') && !code?.startsWith('ZSTD_')) throw error;
    throw new GildError({
      code: 'ARCHIVE_REFUSED',
      message: `${path} is not what its first bytes say: ${compression} fails.`,
      cause: error,
    });
  });
  return { digest: found(), newest };
}

function decompress(compression: Compression): NodeJS.ReadWriteStream[] {
  if (compression === 'none') return [];
  return compression === 'gzip' ? [createGunzip()] : [Duplex.from(splitFrames), createZstdDecompress()];
}

function hashing(): { through: Transform; found: () => Digest } {
  const hash = createHash('sha256');
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { through, found: () => `sha256:${hash.digest('hex')}` };
}

function attempt(action: () => void): Error | null {
  try {
    action();
    return null;
  } catch (error) {
    return error as Error;
  }
}
