import { impliedDirectory, type TarEntry, type TarSink } from '../support/tar/entry.ts';
import { refusal } from '../support/tar/refusal.ts';
import { isWhiteout, opaqueName, whiteoutPrefix } from './guard.ts';
import { comparePaths, joined, nameOf, parentOf } from './paths.ts';

const opaqueXattr = 'user.overlay.opaque';

/**
 * From a layer's entries (checked by the guard) to those that overlayfs understands: a whiteout is a
 * character device 0:0, an opaque directory has an attribute. They come last, when it is known what else
 * the layer makes there: deletions concern the layers below only.
 */
export function toOverlay(out: TarSink): TarSink {
  const directories = new Map<string, TarEntry>();
  const others = new Set<string>();
  const hidden = new Map<string, TarEntry>();
  const opaque = new Map<string, TarEntry>();

  return {
    entry(entry) {
      if (isWhiteout(entry.path)) {
        const parent = parentOf(entry.path);
        const name = nameOf(entry.path);
        if (name === opaqueName) opaque.set(parent, entry);
        else hidden.set(joined(parent, name.slice(whiteoutPrefix.length)), entry);
        return;
      }
      if (entry.type === 'directory') directories.set(entry.path, entry);
      else others.add(entry.path);
      out.entry(entry);
    },
    data: (bytes) => out.data(bytes),
    end() {
      for (const path of [...hidden.keys()].sort(comparePaths)) {
        const entry = hidden.get(path);
        if (entry === undefined || others.has(path)) continue;
        if (directories.has(path)) opaque.set(path, entry);
        else out.entry({ ...entry, path, type: 'char', mode: 0, major: 0, minor: 0 });
      }
      for (const path of [...opaque.keys()].sort(comparePaths)) {
        const directory = directories.get(path) ?? impliedDirectory(path, opaque.get(path)?.mtime ?? 0, 0);
        out.entry({ ...directory, xattrs: new Map([...directory.xattrs, [opaqueXattr, Buffer.from('y')]]) });
      }
      out.end();
    },
  };
}

/** The way back: what overlayfs wrote into an upper folder, as a layer's entries. */
export function fromOverlay(out: TarSink): TarSink {
  return {
    entry(entry) {
      const { path } = entry;
      if (isWhiteout(path))
        throw refusal(path, entry.offset, 'names with `.wh.` in front mean deletions in a layer');
      if (entry.type !== 'char' || entry.major !== 0 || entry.minor !== 0) {
        out.entry(entry);
        if (entry.xattrs.get(opaqueXattr)?.toString() === 'y')
          out.entry(empty(entry, joined(path, opaqueName)));
      } else {
        out.entry(empty(entry, joined(parentOf(path), whiteoutPrefix + nameOf(path))));
      }
    },
    data: (bytes) => out.data(bytes),
    end: () => out.end(),
  };
}

function empty(entry: TarEntry, path: string): TarEntry {
  return {
    ...entry,
    path,
    type: 'file',
    mode: 0,
    size: 0,
    uid: 0,
    gid: 0,
    major: 0,
    minor: 0,
    xattrs: new Map(),
  };
}
