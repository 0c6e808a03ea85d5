import { impliedDirectory, type TarSink } from '../support/tar/entry.ts';

/** Folders that a system mounts something on before it can do anything; container images leave some of them out. */
const mountPoints = ['dev', 'proc', 'run', 'sys', 'tmp'];

/** Adds those that the tree does not have. */
export function withMountPoints(out: TarSink, epoch: number): TarSink {
  const missing = new Set(mountPoints);
  return {
    entry(entry) {
      missing.delete(entry.path.replace(/\/+$/, ''));
      out.entry(entry);
    },
    data: (bytes) => out.data(bytes),
    end() {
      for (const path of missing) {
        const folder = impliedDirectory(path, epoch, 0);
        out.entry(path === 'tmp' ? { ...folder, mode: 0o1777 } : folder);
      }
      out.end();
    },
  };
}
