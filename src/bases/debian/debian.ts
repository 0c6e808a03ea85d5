import { keptLayer } from '../kept.ts';
import type { Base } from '../types.ts';
import { readDebianOptions } from './options.ts';
import type { PinnedList } from './resolve.ts';

/** `debian:bookworm`: a minimal Debian, made by mmdebstrap from the signed archive. */
export const debian: Base = {
  kind: 'debian',
  parse: (reference, _directory, options = {}) => ({ ...readDebianOptions(reference, options) }),
  resolve: async (spec, context) => {
    const { resolveDebian } = await import('./resolve.ts');
    return resolveDebian(spec, context);
  },
  pinning: {
    wish: ({ mirror: _mirror, securityMirror: _security, ...wanted }) => wanted,
    pin: ({ pin: { suite, lists } }) => ({
      suite,
      lists: Object.fromEntries((lists as PinnedList[]).map((list) => [list.suite, list.digest])),
    }),
    restore: async (spec, pin, context) => (await import('./resolve.ts')).restoreDebian(spec, pin, context),
  },
  fetch: async (locked, context) => [
    await keptLayer(locked.digest, context, async () => {
      const { bootstrap } = await import('./bootstrap.ts');
      return bootstrap(locked, context);
    }),
  ],
};
