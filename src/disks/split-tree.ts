import { GildError } from '../support/errors.ts';
import { impliedDirectory, type TarEntry, type TarSink } from '../support/tar/entry.ts';

/** A part of a tree that is a file system of its own. */
export interface TreePart {
  /** `/` for the one that holds all others' mount points. */
  readonly mountPoint: string;
  readonly sink: TarSink;
}

interface Part {
  /** `home`; empty for the root. */
  readonly at: string;
  readonly sink: TarSink;
}

/**
 * Hands every entry to the part that it lies in, by its path there; one part is `/`. A mount point is a folder in both
 * parts, which is made where the tree has none. Throws `MOUNT_POINT_INVALID`.
 */
export function splitTree(parts: readonly TreePart[], epoch: number): TarSink {
  const deepestFirst = parts
    .map(({ mountPoint, sink }): Part => ({ at: mountPoint.slice(1), sink }))
    .sort((a, b) => b.at.length - a.at.length);
  const mounts = deepestFirst.filter(({ at }) => at !== '');
  const missing = new Set(mounts);
  let open: TarSink | undefined;

  const holder = (path: string) => deepestFirst.find(({ at }) => isBelow(path, at)) as Part;

  function take(entry: TarEntry): void {
    const own = mounts.find(({ at }) => at === entry.path);
    if (own) {
      if (entry.type !== 'directory') throw noFolder(entry.path, own);
      missing.delete(own);
      own.sink.entry({ ...entry, path: '' });
    } else if (entry.type !== 'directory') {
      const covered = mounts.find(({ at }) => isBelow(at, entry.path));
      if (covered) throw noFolder(entry.path, covered);
    }
    const part = holder(entry.path);
    open = part.sink;
    part.sink.entry({
      ...entry,
      path: inside(entry.path, part),
      target: entry.type === 'link' ? linkTarget(entry, part) : entry.target,
    });
  }

  function linkTarget({ path, target }: TarEntry, part: Part): string {
    const other = holder(target);
    if (other === part) return inside(target, part);
    throw new GildError({
      code: 'MOUNT_POINT_INVALID',
      message: `\`/${path}\` and \`/${target}\` are one file, but the disk has them on different file systems.`,
      hint: `Leave \`/${part.at || other.at}\` on the same partition, or make two files of them in a component.`,
    });
  }

  return {
    entry: (entry) => take({ ...entry, path: entry.path.replace(/\/+$/, '') }),
    data: (bytes) => open?.data(bytes),
    end() {
      for (const { at } of [...missing].reverse()) {
        take({ ...impliedDirectory(at, epoch, 0), mode: usualMode(at) });
      }
      for (const { sink } of deepestFirst) sink.end();
    },
  };
}

function isBelow(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}

function inside(path: string, { at }: Part): string {
  return at === '' ? path : path.slice(at.length + 1);
}

function usualMode(path: string): number {
  if (path === 'tmp' || path === 'var/tmp') return 0o1777;
  return path === 'root' ? 0o700 : 0o755;
}

function noFolder(path: string, { at }: Part): GildError {
  return new GildError({
    code: 'MOUNT_POINT_INVALID',
    message: `A file system cannot be mounted at \`/${at}\`: \`/${path}\` is no folder.`,
    hint: 'Take it out of `disk.partitions`, or have a component make a folder of it.',
  });
}
