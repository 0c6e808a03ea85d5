import type { BaseSpec } from '../../model/buildspec.ts';
import type { LockedBase } from '../../model/lock.ts';
import type { Layer } from '../../model/tree.ts';
import { GildError } from '../../support/errors.ts';
import { readLimited } from '../../support/outbound.ts';
import { manifestLimit, openRepository, type Repository } from '../../support/registry/client.ts';
import { type ImageReference, isDigest } from '../../support/registry/reference.ts';
import { isPassing } from '../../support/registry/session.ts';
import { withRetries } from '../../support/retry.ts';
import { importLayers } from '../container/import-layers.ts';
import { type ImagePin, resolveImage } from '../container/resolve-image.ts';
import { invalidPin } from '../options.ts';
import type { BaseContext } from '../types.ts';
import { keptContent, keptManifest } from './kept-content.ts';

export async function resolveFromRegistry(
  spec: BaseSpec,
  { architecture, host, signal }: BaseContext,
): Promise<LockedBase> {
  const image = imageOf(spec.options);
  return resolveManifest(image.digest ?? image.tag ?? 'latest', spec, { architecture, host, signal });
}

/** The manifest and config are content of known digests: kept here, they are not asked for again. */
export async function restoreFromRegistry(
  spec: BaseSpec,
  { manifest }: Readonly<Record<string, unknown>>,
  context: BaseContext,
): Promise<LockedBase> {
  if (typeof manifest !== 'string' || !isDigest(manifest)) throw invalidPin(spec);
  return resolveManifest(manifest, spec, context);
}

async function resolveManifest(
  wanted: string,
  spec: BaseSpec,
  { architecture, host, signal }: Pick<BaseContext, 'architecture' | 'host' | 'signal'>,
): Promise<LockedBase> {
  const image = imageOf(spec.options);
  const repository = open(image);
  const readManifest = (reference: string) =>
    keptManifest(host.home, reference, () => repository.manifest(reference, signal));
  const top = await readManifest(wanted);
  const found = await resolveImage(
    top,
    {
      manifest: ({ digest }) => readManifest(digest),
      content: async ({ digest, size }) => {
        const read = async () =>
          readLimited(
            await repository.blob(digest, size, signal),
            manifestLimit,
            `The config of ${spec.reference}`,
          );
        return keptContent(host.home, digest, () =>
          explained(spec, () => withRetries(read, { isWorthRetrying: isPassing, signal })),
        );
      },
    },
    { reference: spec.reference, architecture },
  );
  return { kind: 'registry', reference: spec.reference, ...found, pin: { ...found.pin, image } };
}

export async function fetchFromRegistry(
  locked: LockedBase,
  { trees, host, signal, note }: BaseContext,
): Promise<readonly Layer[]> {
  const { image, layers } = locked.pin as unknown as RegistryPin;
  const repository = open(image);
  return importLayers(layers, {
    trees,
    home: host.home,
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
