import type { BaseSpec } from '../model/buildspec.ts';
import type { Digest } from '../model/digest.ts';
import type { Layer } from '../model/tree.ts';
import { digestOf } from '../support/canonical.ts';
import { GildError } from '../support/errors.ts';
import { invalid, invalidPin, movedOn, onlyKnown } from './options.ts';
import { notFound } from './paths.ts';
import type { Base, BaseContext } from './types.ts';

/** `image:base-debian@1.x.x`, `image:name`, `image:name@1.0.0/3`: an image that Gild made on this host. */
export const image: Base = {
  kind: 'image',
  parse: (reference, _directory, options = {}) => {
    onlyKnown(options, [], 'image');
    const match = referencePattern.exec(reference);
    if (!match?.groups) {
      throw invalid(
        `"image:${reference}" does not name an image of Gild.`,
        'Write image:name, image:name@1.2.3, image:name@1.x.x, or image:name@1.2.3/4 for a certain build.',
      );
    }
    const { name, version = 'latest', build } = match.groups;
    return { name, version, ...(build === undefined ? {} : { build: Number(build) }) };
  },
  resolve: async (spec, context) => {
    context.signal?.throwIfAborted();
    const { name, version, build } = spec.options as unknown as ImageOptions;
    const found = await context.images.find(name, version, build);
    if (!found) throw await missing(spec, context);
    if (found.architecture !== context.architecture) {
      throw notFound(
        spec.reference,
        `it is for ${found.architecture}, not for ${context.architecture}`,
        'Build it for this architecture first.',
      );
    }
    const { layers, config, epoch } = found;
    return {
      kind: 'image',
      reference: spec.reference,
      digest: digestOf('base.image', { layers: layers.map(({ diffId }) => diffId), config, epoch }),
      epoch,
      pin: { layers },
      config,
      parent: { name: found.name, version: found.version, build: found.build },
    };
  },
  pinning: {
    wish: (options) => options,
    pin: ({ parent, digest }) => ({ version: parent?.version, build: parent?.build, digest }),
    restore: async (spec, pin, context) => {
      const { version, build } = pin;
      if (typeof version !== 'string' || typeof build !== 'number') throw invalidPin(spec);
      const found = await image.resolve({ ...spec, options: { ...spec.options, version, build } }, context);
      if (found.digest === pin.digest) return found;
      throw movedOn(spec, `${version}/${build} has other content here`);
    },
  },
  fetch: async (locked, { trees, signal }) => {
    signal?.throwIfAborted();
    const { layers } = locked.pin as unknown as { layers: readonly Layer[] };
    return Promise.all(
      layers.map(async ({ diffId }) => (await trees.find(diffId)) ?? lost(locked.reference, diffId)),
    );
  },
};

interface ImageOptions {
  readonly name: string;
  readonly version: string;
  readonly build?: number;
}

const referencePattern =
  /^(?<name>[A-Za-z0-9][A-Za-z0-9._-]{0,127})(?:@(?<version>latest|\d{1,9}(?:\.(?:\d{1,9}|x)){2}|x\.x\.x)(?:\/(?<build>[1-9]\d{0,8}))?)?$/;

async function missing(spec: BaseSpec, { images }: BaseContext): Promise<GildError> {
  const { name, version, build } = spec.options as unknown as ImageOptions;
  const newest = await images.find(name, 'latest');
  if (!newest)
    return notFound(
      spec.reference,
      `no image ${name} is recorded here`,
      'Build it first; `gild images` lists what there is.',
    );
  const wanted = build === undefined ? version : `${version}/${build}`;
  return notFound(
    spec.reference,
    `there is an image ${name}, but no available ${wanted}`,
    `The newest is ${newest.version}/${newest.build}; \`gild images\` lists all.`,
  );
}

function lost(reference: string, diffId: Digest): never {
  throw new GildError({
    code: 'STORE_DAMAGED',
    message: `The store has lost the layer ${diffId} of the base ${reference}.`,
    hint: 'Build that image again.',
  });
}
