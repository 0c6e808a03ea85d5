import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GildError } from '../support/errors.ts';
import { writeAtomically } from '../support/files.ts';
import { runProcess } from '../support/process.ts';

/** Asks for the versions of a package: all that a suite has for this architecture. */
export type Versions = ReadonlyMap<string, readonly string[]>;

/** A file of a suite, as its signed list names it. */
export interface IndexFile {
  /** `main/binary-amd64/Packages.gz` */
  readonly path: string;
  /** Hex. */
  readonly sha256: string;
  /** Hash of the form of this index under which it is kept; its own where it is the only one known. */
  readonly keptAs?: string;
}

/** The index of a component: many mirrors have it in one form only, and name the plain one which they do not have. */
export function findIndex(release: string, component: string, architecture: string): IndexFile | undefined {
  const folder = `${component}/binary-${architecture}`;
  const hashes = hashesOf(release);
  return ['.gz', '.xz', ''].flatMap((ending) => fileOf(hashes, `${folder}/Packages${ending}`))[0];
}

/** The same index as apt has it on its disk, unpacked. `folder` is `main/binary-amd64`. */
export function plainIndex(release: string, folder: string): IndexFile | undefined {
  const hashes = hashesOf(release);
  const [first, ...others] = ['.gz', '.xz', ''].flatMap((ending) =>
    fileOf(hashes, `${folder}/Packages${ending}`),
  );
  const plain = others.at(-1) ?? first;
  return first && plain?.path.endsWith('/Packages') ? { ...plain, keptAs: first.sha256 } : undefined;
}

function fileOf(hashes: ReadonlyMap<string, string>, path: string): IndexFile[] {
  const sha256 = hashes.get(path);
  return sha256 ? [{ path, sha256 }] : [];
}

function hashesOf(release: string): ReadonlyMap<string, string> {
  const [, files = ''] = /^SHA256:[ \t]*\n((?:[ \t].*\n?)*)/m.exec(release) ?? [];
  return new Map(
    [...files.matchAll(/^[ \t]+([0-9a-f]{64})[ \t]+\d+[ \t]+(\S+)$/gm)].map(([, hash = '', path = '']) => [
      path,
      hash,
    ]),
  );
}

/**
 * Name and architecture, and the versions of each, of an index whose digest is known: read once for each digest, and kept
 * as lines that are quick to read. `fetch` brings the file. Throws `DOWNLOAD_REFUSED` if it is another.
 */
export async function readVersions(
  home: string,
  file: IndexFile,
  fetch: (file: IndexFile) => Promise<Buffer>,
): Promise<Versions> {
  const versions = new Map<string, string[]>();
  for (const line of (await readKept(home, file, 'versions', fetch)).split('\n')) {
    const end = line.lastIndexOf(' ');
    const key = line.slice(0, end);
    const known = versions.get(key);
    if (known) known.push(line.slice(end + 1));
    else if (end > 0) versions.set(key, [line.slice(end + 1)]);
  }
  return versions;
}

/** Lines of `nginx amd64 1.22.1-9 120000 <sha256> <path>`, one for each package of the index; otherwise as `readVersions`. */
export async function readFiles(
  home: string,
  file: IndexFile,
  fetch: (file: IndexFile) => Promise<Buffer>,
): Promise<string> {
  return readKept(home, file, 'files', fetch);
}

async function readKept(
  home: string,
  file: IndexFile,
  what: keyof Parsed,
  fetch: (file: IndexFile) => Promise<Buffer>,
): Promise<string> {
  const folder = join(home, 'cache', 'archives');
  const pathOf = (ending: string) => join(folder, `${file.keptAs ?? file.sha256}.${ending}`);
  const kept = await readFile(pathOf(what), 'utf8').catch(() => undefined);
  if (kept !== undefined) {
    await utimes(pathOf(what), new Date(), new Date()).catch(() => undefined);
    return kept;
  }
  const parsed = await parse(file, await fetch(file));
  await forgetOld(folder);
  for (const [ending, text] of Object.entries(parsed)) await writeAtomically(pathOf(ending), text);
  return parsed[what];
}

/** Each index is of use until its archive moves on; one that nobody asked for lately is read again if need be. */
async function forgetOld(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > keptMs) await rm(path, { force: true });
  }
}

const keptMs = 30 * 86_400_000;

/** The second has size, hash and place of each package as well: much longer, and seldom asked for. */
interface Parsed {
  readonly versions: string;
  readonly files: string;
}

async function parse(file: IndexFile, bytes: Buffer): Promise<Parsed> {
  if (createHash('sha256').update(bytes).digest('hex') !== file.sha256) {
    throw new GildError({
      code: 'DOWNLOAD_REFUSED',
      message: `${file.path} is not what the signed list of its suite says.`,
      hint: 'The mirror may be in the middle of an update: try again in some minutes.',
    });
  }
  const versions: string[] = [];
  const files: string[] = [];
  let size = 0;
  let rest = '';
  let name = '';
  let version = '';
  let architecture = '';
  let digest = '';
  let length = '';
  let path = '';
  const take = (line: string) => {
    if (line === '') {
      const line = `${name} ${architecture} ${version}`;
      if (name && version) versions.push(line);
      if (name && version && length && digest) files.push(`${line} ${length} ${digest} ${path}`);
      name = version = architecture = length = digest = path = '';
    } else if (line.startsWith('Package: ')) name = line.slice(9).trim();
    else if (line.startsWith('Version: ')) version = line.slice(9).trim();
    else if (line.startsWith('Architecture: ')) architecture = line.slice(14).trim();
    else if (line.startsWith('Size: ')) length = line.slice(6).trim();
    else if (line.startsWith('SHA256: ')) digest = line.slice(8).trim();
    else if (line.startsWith('Filename: ')) path = line.slice(10).trim();
  };
  await decompressed(file, bytes, async (plain) => {
    for await (const chunk of plain) {
      size += (chunk as Buffer).length;
      if (size > largest)
        throw new GildError({ code: 'DOWNLOAD_REFUSED', message: `${file.path} is too large.` });
      const parts = (rest + (chunk as Buffer).toString('latin1')).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) take(line);
    }
  });
  take(rest);
  take('');
  return { versions: versions.join('\n'), files: files.join('\n') };
}

async function decompressed(
  { path }: IndexFile,
  bytes: Buffer,
  read: (plain: Readable) => Promise<void>,
): Promise<void> {
  if (!path.endsWith('.xz')) {
    const packed = Readable.from([bytes]);
    return read(path.endsWith('.gz') ? packed.pipe(createGunzip()) : packed);
  }
  const { exitCode } = await runProcess(['xz', '--decompress', '--stdout'], {
    stdin: bytes,
    readStdout: read,
  });
  if (exitCode !== 0)
    throw new GildError({
      code: 'DOWNLOAD_FAILED',
      message: `xz could not unpack ${path} (exit ${exitCode}).`,
    });
}

const largest = 512 * 1024 * 1024;
