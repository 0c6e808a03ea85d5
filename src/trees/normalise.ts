import type { TarEntry, TarSink } from '../support/tar/entry.ts';
import { filter } from './filter.ts';
import { relativePath } from './paths.ts';
import { createVolatileTest, dbusMachineId, machineId } from './volatile.ts';
import { imageXattrs } from './xattrs.ts';

/** Drops what no image keeps, and what the caller made for itself (`stubs`); empties the machine id. */
export function createKeep(stubs?: readonly string[]): (entry: TarEntry) => TarEntry | undefined {
  const isVolatile = createVolatileTest(stubs);
  return (entry) => {
    if (isVolatile(entry.path)) return undefined;
    if (entry.path === dbusMachineId && entry.type !== 'symlink') return undefined;
    return entry.path === machineId ? { ...entry, size: 0 } : entry;
  };
}

/** Time stamps no later than `epoch` (seconds) and only the attributes that belong into an image. */
export function normalise(out: TarSink, epoch: number): TarSink {
  return filter(out, (entry) => ({
    ...entry,
    mtime: Math.max(0, Math.min(entry.mtime, epoch)),
    xattrs: imageXattrs(entry.type, entry.xattrs),
  }));
}

/** For archives of our own making: `./a/b/` becomes `a/b`, the root itself is left out. */
export function relativeToRoot(out: TarSink): TarSink {
  return filter(out, (entry) => {
    const path = relativePath(entry.path);
    const target = entry.type === 'link' ? relativePath(entry.target) : entry.target;
    return path ? { ...entry, path, target: target ?? entry.target } : undefined;
  });
}
