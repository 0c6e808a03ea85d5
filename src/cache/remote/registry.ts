import { GildError, toGildError } from '../../support/errors.ts';
import { once } from '../../support/once.ts';
import { formatImageReference, parseImageReference } from '../../support/registry/reference.ts';
import { manifestType } from './manifest.ts';
import { flag } from './setting.ts';
import type { Place, PlaceKind } from './types.ts';

/** `type=registry,ref=ghcr.io/me/cache:main`: a tag in any registry of the OCI distribution specification. */
export const registry: PlaceKind = {
  type: 'registry',
  settings: { from: ['ref', 'insecure'], to: ['ref', 'insecure'] },
  open: (ref, settings) => openRegistry(ref, flag(settings, 'insecure', false)),
};

function openRegistry(ref: string, insecure: boolean): Place {
  const image = parseImageReference(ref);
  if (typeof image === 'string')
    throw new GildError({
      code: 'USAGE',
      message: `"${ref}" is no place in a registry: ${image}.`,
      hint: 'The path of a folder begins with `/` or `.`: ./cache.',
    });
  const { tag } = image;
  if (tag === undefined || image.digest !== undefined)
    throw new GildError({ code: 'USAGE', message: `"${ref}": a cache has a tag, not a digest.` });
  const clients = once(async () => {
    const [pull, push] = await Promise.all([
      import('../../support/registry/client.ts'),
      import('../../support/registry/push.ts'),
    ]);
    return {
      repository: pull.openRepository(image, { insecure }),
      pusher: push.openPusher(image, { insecure }),
    };
  });
  return {
    name: formatImageReference(image),
    manifest: async (signal) => {
      try {
        return (await (await clients()).repository.manifest(tag, signal)).bytes;
      } catch (error) {
        if (toGildError(error).code === 'BASE_NOT_FOUND') return undefined;
        throw error;
      }
    },
    blob: async ({ digest, size }, signal) => (await clients()).repository.blob(digest, size, signal),
    has: async ({ digest }, signal) => (await clients()).pusher.has(digest, signal),
    send: async (blob, signal) => (await clients()).pusher.blob(blob, signal),
    publish: async (bytes, signal) =>
      (await clients()).pusher.manifest(tag, { mediaType: manifestType, bytes }, signal),
    alone: (job) => job(),
  };
}
