export type EntryType = 'file' | 'directory' | 'symlink' | 'link' | 'fifo' | 'char' | 'block';

/**
 * One member of a tar. Strings hold one byte per character (latin1), so that any file name survives and
 * comparing strings compares bytes.
 */
export interface TarEntry {
  /** As written in the archive; after the guard: relative, without `.`, `..`, `//` or a slash at the end. */
  readonly path: string;
  readonly type: EntryType;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; 0 unless a file. */
  readonly size: number;
  /** Whole seconds since 1970. */
  readonly mtime: number;
  /** Target of a `symlink`, path of the other name of a `link`, else empty. */
  readonly target: string;
  readonly major: number;
  readonly minor: number;
  readonly xattrs: ReadonlyMap<string, Buffer>;
  /** Where its first header starts in the archive. */
  readonly offset: number;
  /** Where its content starts. */
  readonly contentAt: number;
}

/** Where entries go. All calls are synchronous; `bytes` are only valid during the call. */
export interface TarSink {
  /** `data` calls for exactly `entry.size` bytes follow. */
  entry(entry: TarEntry): void;
  data(bytes: Buffer): void;
  /** After the last entry. */
  end(): void;
}

export const noXattrs: ReadonlyMap<string, Buffer> = new Map();

/** A directory that the archive implies without naming it. */
export function impliedDirectory(path: string, mtime: number, offset: number): TarEntry {
  return {
    path,
    type: 'directory',
    mode: 0o755,
    uid: 0,
    gid: 0,
    size: 0,
    mtime,
    target: '',
    major: 0,
    minor: 0,
    xattrs: noXattrs,
    offset,
    contentAt: offset,
  };
}
