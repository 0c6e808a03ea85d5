import { parseImageReference } from '../../support/registry/reference.ts';
import { invalid, onlyKnown } from '../options.ts';
import type { Base } from '../types.ts';

/** `docker.io/library/alpine:3.20`: an OCI or Docker image in a registry. */
export const registry: Base = {
  kind: 'registry',
  parse: (reference, _directory, options = {}) => {
    onlyKnown(options, ['insecure'], 'registry');
    if (options.insecure !== undefined && typeof options.insecure !== 'boolean') {
      throw invalid('The option "insecure" of a base is true or false.');
    }
    const image = parseImageReference(reference);
    if (typeof image === 'string')
      throw invalid(`The base "${reference}" is not an image in a registry: ${image}.`);
    return { ...image, insecure: options.insecure === true };
  },
  resolve: async (spec, context) => (await import('./pull.ts')).resolveFromRegistry(spec, context),
  pinning: {
    wish: ({ insecure: _insecure, ...wanted }) => wanted,
    pin: ({ digest }) => ({ manifest: digest }),
    restore: async (spec, pin, context) =>
      (await import('./pull.ts')).restoreFromRegistry(spec, pin, context),
  },
  fetch: async (locked, context) => (await import('./pull.ts')).fetchFromRegistry(locked, context),
};
