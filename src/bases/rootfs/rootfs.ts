import { resolve as resolvePath } from 'node:path';
import { invalid, onlyKnown } from '../options.ts';
import type { Base } from '../types.ts';

/** `rootfs:./tree.tar`, also `.gz` and `.zst`: a root file system in one tar. */
export const rootfs: Base = {
  kind: 'rootfs',
  parse: (reference, directory, options = {}) => {
    onlyKnown(options, [], 'rootfs');
    if (reference === '') throw invalid('A rootfs base needs a file.', 'Write rootfs:./tree.tar');
    return { path: resolvePath(directory, reference) };
  },
  resolve: async (spec, context) => (await import('./read-rootfs.ts')).resolveRootfs(spec, context),
  fetch: async (locked, context) => (await import('./read-rootfs.ts')).fetchRootfs(locked, context),
};
