import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import { Readable } from 'node:stream';
import type { FileSpec } from '../model/buildspec.ts';
import type { Machine } from '../platforms/types.ts';
import { GildError } from '../support/errors.ts';
import { noXattrs, type TarEntry } from '../support/tar/entry.ts';
import { createTarWriter } from '../support/tar/writer.ts';

/** Copies files of the host into a machine: modes as told or as on the host, owners by the names of the image. */
export async function putFiles(
  files: readonly FileSpec[],
  machine: Machine,
  options: PutOptions,
): Promise<void> {
  for (const file of files) {
    options.signal.throwIfAborted();
    const names: string[] = [];
    await machine.put(Readable.from(tarOf(file, options.epoch, names)));
    if (file.owner !== 'root' || file.group !== 'root') await giveAway(file, names, machine, options.signal);
  }
}

export interface PutOptions {
  /** Seconds since 1970: the time stamp of everything put. */
  readonly epoch: number;
  readonly signal: AbortSignal;
}

async function* tarOf(file: FileSpec, epoch: number, names: string[]): AsyncGenerator<Buffer> {
  const writer = createTarWriter();
  for await (const { entry, content } of entriesOf(file)) {
    names.push(`/${Buffer.from(entry.path, 'latin1').toString()}`);
    writer.entry({ ...entry, mtime: epoch });
    for await (const bytes of content) {
      writer.data(bytes);
      yield* writer.take();
    }
    yield* writer.take();
  }
  writer.end();
  yield* writer.take();
}

interface Packed {
  readonly entry: TarEntry;
  readonly content: AsyncIterable<Buffer> | Iterable<Buffer>;
}

async function* entriesOf(file: FileSpec): AsyncGenerator<Packed> {
  if (file.from.kind === 'text') {
    const bytes = Buffer.from(file.from.text);
    const entry = entryAt(file.to, { type: 'file', mode: file.mode ?? 0o644, size: bytes.length });
    yield { entry, content: bytes.length > 0 ? [bytes] : [] };
    return;
  }
  const path = file.from.path;
  const isFolder = (await lstat(path)).isDirectory();
  const target = file.to.endsWith('/') && !isFolder ? posix.join(file.to, basename(path)) : file.to;
  yield* entriesBelow(path, target, file.mode);
}

async function* entriesBelow(path: string, target: string, mode: number | undefined): AsyncGenerator<Packed> {
  const stat = await lstat(path);
  if (stat.isSymbolicLink()) {
    yield {
      entry: entryAt(target, { type: 'symlink', mode: 0o777, size: 0, target: latin1(await readlink(path)) }),
      content: [],
    };
  } else if (stat.isDirectory()) {
    const bits = mode === undefined ? stat.mode & 0o7777 : searchable(mode);
    if (posix.normalize(target) !== '/')
      yield { entry: entryAt(target, { type: 'directory', mode: bits, size: 0 }), content: [] };
    for (const child of (await readdir(path)).sort()) {
      yield* entriesBelow(join(path, child), posix.join(target, child), mode);
    }
  } else {
    const entry = entryAt(target, { type: 'file', mode: mode ?? stat.mode & 0o7777, size: stat.size });
    yield { entry, content: stat.size > 0 ? createReadStream(path, { end: stat.size - 1 }) : [] };
  }
}

function entryAt(
  path: string,
  fields: Pick<TarEntry, 'type' | 'mode' | 'size'> & { target?: string },
): TarEntry {
  return {
    path: latin1(posix.normalize(path).replace(/^\/+|\/+$/g, '')),
    uid: 0,
    gid: 0,
    mtime: 0,
    target: '',
    major: 0,
    minor: 0,
    xattrs: noXattrs,
    offset: 0,
    contentAt: 0,
    ...fields,
  };
}

/** Only what was put: the folder that it went to may have been there before, with other things in it. */
async function giveAway(
  file: FileSpec,
  names: readonly string[],
  machine: Machine,
  signal: AbortSignal,
): Promise<void> {
  const complaint: Buffer[] = [];
  const chown = [...machine.toolbox, 'chown', '-h', `${file.owner}:${file.group}`];
  const { exitCode } = await machine.run({
    argv: [...machine.toolbox, 'xargs', '-0', ...chown],
    stdin: Buffer.from(names.join('\0')),
    onStderr: (chunk) => void complaint.push(chunk),
    signal,
  });
  if (exitCode === 0) return;
  throw new GildError({
    code: 'STEP_FAILED',
    message: `${file.to} cannot be given to ${file.owner}:${file.group}: ${Buffer.concat(complaint).toString().trim()}`,
    hint: 'The user and group must exist in the base image; numbers always work.',
    ...(file.at && { at: file.at }),
  });
}

/** A mode for files, with the search bit where there is the read bit. */
function searchable(mode: number): number {
  return mode | ((mode & 0o444) >> 2);
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
