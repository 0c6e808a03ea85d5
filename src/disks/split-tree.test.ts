import { describe, expect, it } from 'vitest';
import { impliedDirectory, type TarEntry, type TarSink } from '../support/tar/entry.ts';
import { splitTree } from './split-tree.ts';

const epoch = 1_700_000_000;

function folder(path: string, mode = 0o755): TarEntry {
  return { ...impliedDirectory(path, epoch, 0), mode };
}

function entry(path: string, type: TarEntry['type'], more: Partial<TarEntry> = {}): TarEntry {
  return { ...folder(path, 0o644), type, ...more };
}

/** What each part gets of the entries, a line each. */
function split(mountPoints: readonly string[], entries: readonly TarEntry[]): Record<string, string[]> {
  const got: Record<string, string[]> = {};
  const parts = mountPoints.map((mountPoint) => {
    const lines: string[] = [];
    got[mountPoint] = lines;
    const sink: TarSink = {
      entry: ({ path, type, mode, target }) =>
        void lines.push([`${type} ${path || '.'} ${mode.toString(8)}`, target].filter(Boolean).join(' ')),
      data: (bytes) => void lines.push(bytes.toString()),
      end: () => void lines.push('end'),
    };
    return { mountPoint, sink };
  });
  const sink = splitTree(parts, epoch);
  for (const one of entries) {
    sink.entry(one);
    if (one.size > 0) sink.data(Buffer.from(one.path));
  }
  sink.end();
  return got;
}

describe('a tree that is split', () => {
  it('has each entry in the deepest file system over it, and mount points in both', () => {
    const entries = [
      folder('home', 0o711),
      entry('home/a', 'file', { size: 6 }),
      entry('homework', 'file', { size: 8 }),
      folder('var'),
      folder('var/lib', 0o750),
      entry('var/lib/b', 'link', { target: 'var/lib/c' }),
      entry('var/log', 'symlink', { target: '/home/log' }),
    ];
    expect(split(['/home', '/var', '/var/lib', '/'], entries)).toEqual({
      '/': ['directory home 711', 'file homework 644', 'homework', 'directory var 755', 'end'],
      '/home': ['directory . 711', 'file a 644', 'home/a', 'end'],
      '/var': ['directory . 755', 'directory lib 750', 'symlink log 644 /home/log', 'end'],
      '/var/lib': ['directory . 750', 'link b 644 c', 'end'],
    });
  });

  it('gets mount points that it lacks, outer ones first, with the modes that they usually have', () => {
    expect(split(['/var/tmp', '/var', '/srv', '/'], [])).toEqual({
      '/': ['directory srv 755', 'directory var 755', 'end'],
      '/srv': ['directory . 755', 'end'],
      '/var': ['directory . 755', 'directory tmp 1777', 'end'],
      '/var/tmp': ['directory . 1777', 'end'],
    });
  });

  it.each([
    [
      'is a file',
      [entry('home', 'file')],
      'A file system cannot be mounted at `/home`: `/home` is no folder.',
    ],
    [
      'is a link',
      [entry('home', 'symlink', { target: 'srv/home' })],
      'A file system cannot be mounted at `/home`: `/home` is no folder.',
    ],
  ])('is refused where a mount point %s', (_what, entries, message) => {
    expect(() => split(['/home', '/'], entries)).toThrow(
      expect.objectContaining({ code: 'MOUNT_POINT_INVALID', message }),
    );
  });

  it('is refused where a mount point lies inside a file', () => {
    expect(() => split(['/srv/data', '/'], [entry('srv', 'file')])).toThrow(
      'A file system cannot be mounted at `/srv/data`: `/srv` is no folder.',
    );
  });

  it('is refused where one file has names in two file systems', () => {
    expect(() => split(['/home', '/'], [entry('home/a', 'link', { target: 'etc/a' })])).toThrow(
      '`/home/a` and `/etc/a` are one file, but the disk has them on different file systems.',
    );
  });
});
