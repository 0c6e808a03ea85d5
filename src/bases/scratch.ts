import { digestOf } from '../support/canonical.ts';
import { invalid, onlyKnown } from './options.ts';
import type { Base } from './types.ts';

/** `scratch`: nothing at all. */
export const scratch: Base = {
  kind: 'scratch',
  parse: (reference, _directory, options = {}) => {
    onlyKnown(options, [], 'scratch');
    if (reference !== '')
      throw invalid(
        `The base scratch takes nothing behind it, but there is "${reference}".`,
        'Write: scratch',
      );
    return {};
  },
  resolve: async (spec, { signal }) => {
    signal?.throwIfAborted();
    return {
      kind: 'scratch',
      reference: spec.reference,
      digest: digestOf('base.scratch', {}),
      epoch: 0,
      pin: {},
    };
  },
  fetch: async (_locked, { signal }) => {
    signal?.throwIfAborted();
    return [];
  },
};
