import { resolve as resolvePath } from 'node:path';
import { invalid, onlyKnown } from '../options.ts';
import { splitTag } from '../split-tag.ts';
import type { Base } from '../types.ts';

/** `oci:./folder` or `oci:./folder:tag`: an OCI image layout on this host. */
export const oci: Base = {
  kind: 'oci',
  parse: (reference, directory, options = {}) => {
    onlyKnown(options, [], 'oci');
    const { path, tag } = splitTag(reference);
    if (path === '') throw invalid('An oci base needs a folder.', 'Write oci:./folder or oci:./folder:tag');
    return { path: resolvePath(directory, path), ...(tag === undefined ? {} : { tag }) };
  },
  resolve: async (spec, context) => (await import('./read-layout.ts')).resolveLayout(spec, context),
  fetch: async (locked, context) => (await import('./read-layout.ts')).fetchLayout(locked, context),
};
