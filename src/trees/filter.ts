import type { TarEntry, TarSink } from '../support/tar/entry.ts';

/** A sink that hands on what `change` returns; without an entry its content is dropped as well. */
export function filter(out: TarSink, change: (entry: TarEntry) => TarEntry | undefined): TarSink {
  let open = false;
  return {
    entry(entry) {
      const changed = change(entry);
      open = changed !== undefined && changed.size === entry.size;
      if (changed !== undefined) out.entry(changed);
    },
    data(bytes) {
      if (open) out.data(bytes);
    },
    end: () => out.end(),
  };
}
