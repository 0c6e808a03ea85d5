import { impliedDirectory, type TarEntry, type TarSink } from '../support/tar/entry.ts';
import { type ArchiveLimits, defaultLimits } from '../support/tar/limits.ts';
import { refusal } from '../support/tar/refusal.ts';
import { nameOf, parentOf, relativePath } from './paths.ts';
import { imageXattrs } from './xattrs.ts';

export interface GuardOptions {
  /** A root file system has none; in a layer they mean deletions. */
  readonly whiteouts: 'refuse' | 'allow';
  readonly limits?: ArchiveLimits;
  /** Time stamp of directories that the archive implies without naming them. */
  readonly impliedMtime?: number;
}

/** What a path is by now, in this archive. Of symbolic links also where they lead. */
type Made = 'directory' | 'implied' | 'file' | { readonly target: string };

const mustBeDirectories = new Set(['dev', 'proc', 'sys', 'etc']);

/**
 * Lets through only entries that stay below the root when they are unpacked in order, in normal form: clean
 * paths, parents before children, hard links to files only. Everything else throws `ARCHIVE_REFUSED`.
 */
export function guard(out: TarSink, options: GuardOptions): TarSink {
  const limits = options.limits ?? defaultLimits;
  const made = new Map<string, Made>([['', 'directory']]);
  let lastParent = '';
  let dropping = false;

  function admit(entry: TarEntry): TarEntry | undefined {
    const refuse = (why: string) => refusal(entry.path, entry.offset, why);
    const path = checkedPath(entry.path, 'its path', limits, refuse);
    if (path === '') {
      if (entry.type !== 'directory') throw refuse('the root is no directory');
      return undefined;
    }
    if (entry.uid >= limits.owners || entry.gid >= limits.owners) {
      throw refuse(
        `it belongs to user ${entry.uid} and group ${entry.gid}, and ids end at ${limits.owners - 1}`,
      );
    }
    if (entry.type === 'char' || entry.type === 'block') {
      if (path.startsWith('dev/')) return undefined;
      throw refuse('it is a device');
    }
    const isDeletion = isWhiteout(path);
    if (isDeletion && options.whiteouts === 'refuse') throw refuse('a root file system has no whiteouts');
    makeParents(path, entry);
    if (made.size > limits.entries) throw refuse(`the archive makes more than ${limits.entries} entries`);
    if (isDeletion) return whiteout(path, entry, refuse);
    if (mustBeDirectories.has(path) && entry.type !== 'directory') {
      throw refuse(`/${path} is a ${entry.type}, not a directory`);
    }
    const before = made.get(path);
    const wasDirectory = before === 'directory' || before === 'implied';
    if (before !== undefined && wasDirectory !== (entry.type === 'directory')) {
      throw refuse('it is twice in the archive, once as a directory');
    }
    return { ...place(entry, path, refuse), xattrs: imageXattrs(entry.type, entry.xattrs) };
  }

  function place(entry: TarEntry, path: string, refuse: (why: string) => Error): TarEntry {
    if (entry.type === 'symlink') {
      if (entry.target === '') throw refuse('it is a symbolic link to nowhere');
      if (entry.target.length > limits.pathBytes) throw refuse('its target is too long');
      made.set(path, { target: entry.target });
      return { ...entry, path };
    }
    if (entry.type !== 'link') {
      made.set(path, entry.type === 'directory' ? 'directory' : 'file');
      return { ...entry, path };
    }
    const target = checkedPath(entry.target, 'its target', limits, refuse);
    const there = made.get(target);
    if (target === path) throw refuse('it is a hard link to itself');
    if (there === undefined)
      throw refuse('it is a hard link to something that is not in the archive before it');
    if (there === 'directory' || there === 'implied') throw refuse('it is a hard link to a directory');
    made.set(path, there);
    if (there === 'file') return { ...entry, path, target };
    return { ...entry, path, type: 'symlink', mode: 0o777, target: there.target };
  }

  function makeParents(path: string, entry: TarEntry): void {
    const parent = parentOf(path);
    if (parent === lastParent) return;
    const there = made.get(parent);
    if (there === undefined) {
      if (isWhiteout(parent)) throw refusal(entry.path, entry.offset, 'it is below a whiteout name');
      makeParents(parent, entry);
      made.set(parent, 'implied');
      out.entry(impliedDirectory(parent, options.impliedMtime ?? 0, entry.offset));
    } else if (there !== 'directory' && there !== 'implied') {
      const what = there === 'file' ? 'a file' : 'a symbolic link';
      throw refusal(entry.path, entry.offset, `its path leads through ${what} of the same archive`);
    }
    lastParent = parent;
  }

  function whiteout(path: string, entry: TarEntry, refuse: (why: string) => Error): TarEntry | undefined {
    if (options.whiteouts === 'refuse')
      throw refuse('a root file system has no whiteouts (names with `.wh.`)');
    const hidden = nameOf(path).slice(whiteoutPrefix.length);
    if (hidden === '' || hidden === '.' || hidden === '..') throw refuse('it is a whiteout of nothing');
    if (hidden.startsWith(whiteoutPrefix) && hidden !== opaqueName.slice(whiteoutPrefix.length)) {
      throw refuse('it is a whiteout of an unknown kind');
    }
    if (entry.type !== 'file' || entry.size > 0) throw refuse('it is a whiteout, but no empty file');
    return { ...entry, path, xattrs: new Map() };
  }

  return {
    entry(entry) {
      const admitted = admit(entry);
      dropping = admitted === undefined;
      if (admitted !== undefined) out.entry(admitted);
    },
    data(bytes) {
      if (!dropping) out.data(bytes);
    },
    end: () => out.end(),
  };
}

export const whiteoutPrefix = '.wh.';
export const opaqueName = '.wh..wh..opq';

export function isWhiteout(path: string): boolean {
  return nameOf(path).startsWith(whiteoutPrefix);
}

function checkedPath(
  raw: string,
  what: string,
  limits: ArchiveLimits,
  refuse: (why: string) => Error,
): string {
  if (raw === '') throw refuse(`${what} is empty`);
  if (raw.length > limits.pathBytes) throw refuse(`${what} is longer than ${limits.pathBytes} bytes`);
  const path = relativePath(raw);
  if (path === undefined) throw refuse(`${what} has \`..\` in it`);
  if (path.length > 255) {
    const parts = path.split('/');
    if (parts.length > limits.depth) throw refuse(`${what} is deeper than ${limits.depth} folders`);
    if (parts.some((part) => part.length > 255)) throw refuse(`${what} has a name longer than 255 bytes`);
  }
  return path;
}
