import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Digest } from '../model/digest.ts';
import { sha256 } from '../support/canonical.ts';
import { GildError } from '../support/errors.ts';
import { createSeals } from './seals.ts';
import type { BlobStore } from './types.ts';

const readSize = 256 * 1024;

/** `home` is GILD_HOME; folders are made on the first write. */
export function createBlobStore(home: string): BlobStore {
  const folder = join(home, 'blobs', 'sha256');
  const incoming = join(home, 'blobs', 'incoming');
  const path = (digest: Digest) => join(folder, hexOf(digest));
  const seals = createSeals(join(home, 'blobs'), path);
  let ready: Promise<void> | undefined;
  const prepare = async () => {
    await Promise.all([mkdir(folder, { recursive: true }), mkdir(incoming, { recursive: true })]);
    await sweep(incoming);
  };
  const store: BlobStore = {
    path,
    has: (digest) => exists(path(digest)),
    size: async (digest) => (await stat(path(digest)).catch(missing(digest))).size,
    read: async (digest) => {
      const content = await readFile(path(digest)).catch(missing(digest));
      if (sha256(content) !== digest) throw damaged(`The blob ${digest} no longer matches its digest.`);
      return content;
    },
    open: (digest) =>
      Readable.from(
        checkedContent(path(digest), digest, () => seals.putAside(digest)),
        { objectMode: false },
      ),
    verify: async (digest, how) => {
      if (how === 'thoroughly') await seals.forget(digest);
      return seals.verify(digest);
    },
    remove: async (digest) => {
      await rm(path(digest), { force: true });
      await seals.forget(digest);
    },
    list: async () => {
      const names = await readdir(folder).catch(() => []);
      return names
        .filter((name) => /^[0-9a-f]{64}$/.test(name))
        .sort()
        .map((name): Digest => `sha256:${name}`);
    },
    adopt: async (file, digest) => {
      ready ??= prepare();
      await ready;
      await rename(file, path(digest));
      await seals.seal(digest);
    },
    write: async (content, expected) => {
      ready ??= prepare();
      await ready;
      const temporary = join(incoming, `${process.pid}.${randomUUID()}`);
      try {
        const written = await writeAndHash(temporary, chunksOf(content));
        if (expected !== undefined && written.digest !== expected) {
          throw damaged(`The content has the digest ${written.digest}, not ${expected}.`);
        }
        await rename(temporary, path(written.digest));
        await seals.seal(written.digest);
        return written;
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
  };
  return store;
}

async function* checkedContent(
  path: string,
  digest: Digest,
  putAside: () => Promise<void>,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: readSize })) {
    hash.update(chunk as Buffer);
    yield chunk as Buffer;
  }
  if (`sha256:${hash.digest('hex')}` === digest) return;
  await putAside();
  throw damaged(`The blob ${digest} no longer matches its digest, and was put aside.`);
}

function hexOf(digest: Digest): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  if (hex === undefined) throw damaged(`\`${digest}\` is no SHA-256 digest.`);
  return hex;
}

/** The disk writes one chunk while the next one is hashed. */
async function writeAndHash(path: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
  const hash = createHash('sha256');
  const file = await open(path, 'wx', 0o644);
  let size = 0;
  let writing: Promise<unknown> = Promise.resolve();
  try {
    for await (const chunk of chunks) {
      await writing;
      writing = file.writeFile(chunk);
      writing.catch(() => undefined);
      hash.update(chunk);
      size += chunk.length;
    }
    await writing;
    await file.sync();
  } finally {
    await file.close();
  }
  return { digest: `sha256:${hash.digest('hex')}` as const, size };
}

function chunksOf(content: Readable | Uint8Array | string): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (content instanceof Readable) return content;
  return [typeof content === 'string' ? Buffer.from(content) : content];
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

/** What a killed process was writing: its id is the name's first part. */
async function sweep(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const pid = Number.parseInt(name, 10);
    if (!isAlive(pid)) await rm(join(incoming, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM';
  }
}

function missing(digest: Digest) {
  return (error: unknown): never => {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    throw damaged(`The blob ${digest} is not in the store.`, error);
  };
}

function damaged(message: string, cause?: unknown): GildError {
  return new GildError({ code: 'STORE_DAMAGED', message, ...(cause === undefined ? {} : { cause }) });
}
