import { join } from 'node:path';
import type { Host } from '../host/types.ts';
import type { Digest } from '../model/digest.ts';
import type { Layer } from '../model/tree.ts';
import { allOf } from '../support/all-of.ts';
import { withFileLock } from '../support/lock.ts';
import { lookAtFolders } from './folder-seals.ts';
import type { LayerFolders } from './layer-folders.ts';

export interface MountableContext {
  readonly host: Host;
  readonly folders: LayerFolders;
  /** Makes the folder of a layer from its blob. */
  readonly unpack: (layer: Layer, signal: AbortSignal | undefined) => Promise<void>;
}

/** Folders of layers that may be mounted: looked at once in the life of this process, and made anew where they are wrong. */
export interface Mountable {
  directories(layers: readonly Layer[], signal?: AbortSignal): Promise<readonly string[]>;
  /** What was put aside so far. */
  repaired(): readonly Digest[];
}

export function createMountable({ host, folders, unpack }: MountableContext): Mountable {
  const repaired = new Set<Digest>();
  const underWay = new Map<Digest, Promise<void>>();

  /** Those of `layers` whose folders are there and as they were left. */
  async function whole(layers: readonly Layer[], signal?: AbortSignal): Promise<Set<Digest>> {
    const sealed = await allOf(
      layers.map(async ({ diffId }) => ({ diffId, seal: await folders.seal(diffId) })),
    );
    const there = sealed.filter(({ seal }) => seal !== undefined);
    const paths = there.map(({ diffId }) => folders.fs(diffId));
    const looks = await lookAtFolders(host, paths, signal);
    return new Set(there.filter(({ seal }, index) => seal === looks[index]).map(({ diffId }) => diffId));
  }

  async function provide(layer: Layer, signal?: AbortSignal): Promise<void> {
    const { diffId } = layer;
    if (!(await folders.hasFs(diffId))) return unpack(layer, signal);
    const lock = join(host.home, 'locks', `${diffId.slice('sha256:'.length)}.lock`);
    // Others may have put it right meanwhile, and have mounted what they made.
    await withFileLock(
      lock,
      async () => {
        if ((await whole([layer], signal)).has(diffId)) return;
        await folders.putAside(diffId);
        repaired.add(diffId);
        await unpack(layer, signal);
      },
      signal,
    );
  }

  function provideOnce(layer: Layer, signal?: AbortSignal): Promise<void> {
    const running = underWay.get(layer.diffId) ?? provide(layer, signal);
    underWay.set(layer.diffId, running);
    return running.finally(() => underWay.delete(layer.diffId));
  }

  return {
    directories: async (layers, signal) => {
      const unknown = layers.filter(({ diffId }) => !folders.sound.has(diffId));
      const right = await whole(unknown, signal);
      await allOf(
        unknown.filter(({ diffId }) => !right.has(diffId)).map((layer) => provideOnce(layer, signal)),
      );
      for (const { diffId } of unknown) folders.sound.add(diffId);
      return layers.map(({ diffId }) => folders.fs(diffId));
    },
    repaired: () => [...repaired],
  };
}
