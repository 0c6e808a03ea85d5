import { resolve as resolvePath } from 'node:path';
import { invalid, onlyKnown } from '../options.ts';
import { splitTag } from '../split-tag.ts';
import type { Base } from '../types.ts';

/** `docker-archive:./file.tar` or `docker-archive:./file.tar:name:tag`: what `docker save` writes. */
export const dockerArchive: Base = {
  kind: 'docker-archive',
  parse: (reference, directory, options = {}) => {
    onlyKnown(options, [], 'docker-archive');
    const match = /^(.*?\.tar)(?::(.+))?$/.exec(reference);
    const { path, tag } = match
      ? { path: match[1] ?? '', tag: match[2] }
      : { tag: undefined, ...splitTag(reference) };
    if (path === '') throw invalid('A docker-archive base needs a file.', 'Write docker-archive:./file.tar');
    return { path: resolvePath(directory, path), ...(tag === undefined ? {} : { name: tag }) };
  },
  resolve: async (spec, context) => (await import('./read-archive.ts')).resolveArchive(spec, context),
  fetch: async (locked, context) => (await import('./read-archive.ts')).fetchArchive(locked, context),
};
