import type { BaseSpec } from '../../model/buildspec.ts';
import type { LockedBase } from '../../model/lock.ts';
import type { Layer } from '../../model/tree.ts';
import { GildError } from '../../support/errors.ts';
import { readLimited } from '../../support/outbound.ts';
import { isPassing, manifestLimit, openRepository, type Repository } from '../../support/registry/client.ts';
import type { ImageReference } from '../../support/registry/reference.ts';
import { withRetries } from '../../support/retry.ts';
import { importLayers } from '../container/import-layers.ts';
import { type ImagePin, resolveImage } from '../container/resolve-image.ts';
import type { BaseContext } from '../types.ts';

export async function resolveFromRegistry(
  spec: BaseSpec,
  { architecture, signal }: BaseContext,
): Promise<LockedBase> {
  const image = imageOf(spec.options);
  const repository = open(image);
  const top = await repository.manifest(image.digest ?? image.tag ?? 'latest', signal);
  const found = await resolveImage(
    top,
    {
      manifest: ({ digest }) => repository.manifest(digest, signal),
      content: async ({ digest, size }) => {
        const read = async () =>
          readLimited(
            await repository.blob(digest, size, signal),
            manifestLimit,
            `The config of ${spec.reference}`,
          );
        return explained(spec, () => withRetries(read, { isWorthRetrying: isPassing, signal }));
      },
    },
    { reference: spec.reference, architecture },
  );
  return { kind: 'registry', reference: spec.reference, ...found, pin: { ...found.pin, image } };
}

export async function fetchFromRegistry(
  locked: LockedBase,
  { trees, signal, note }: BaseContext,
): Promise<readonly Layer[]> {
  const { image, layers } = locked.pin as unknown as RegistryPin;
  const repository = open(image);
  return importLayers(layers, {
    trees,
    signal,
    open: (layer, stop) => {
      note(`fetching ${layer.blob} (${layer.size} bytes)`);
      return repository.blob(layer.blob, layer.size, stop);
    },
  });
}

type RegistryImage = ImageReference & { readonly insecure: boolean };

interface RegistryPin extends ImagePin {
  readonly image: RegistryImage;
}

function imageOf(options: BaseSpec['options']): RegistryImage {
  return options as unknown as RegistryImage;
}

function open(image: RegistryImage): Repository {
  return openRepository(image, { insecure: image.insecure });
}

async function explained<T>(spec: BaseSpec, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!isPassing(error)) throw error;
    throw new GildError({
      code: 'BASE_UNREACHABLE',
      message: `${spec.reference}: ${(error as Error).message}`,
      cause: error,
    });
  }
}
