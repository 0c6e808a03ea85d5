import { join } from 'node:path';
import type { Host } from '../host/types.ts';
import type { Digest } from '../model/digest.ts';
import type { Layer } from '../model/tree.ts';
import { allOf } from '../support/all-of.ts';
import { withFileLock } from '../support/lock.ts';
import { lookAtFolders } from './folder-seals.ts';
import type { LayerFolders } from './layer-folders.ts';
import type { FolderState, Looking } from './types.ts';

export interface MountableContext {
  readonly host: Host;
  readonly folders: LayerFolders;
  /** Makes the folder of a layer from its blob. */
  readonly unpack: (layer: Layer, signal: AbortSignal | undefined) => Promise<void>;
}

/** Folders of layers that may be mounted: looked at once in the life of this process, and made anew where they are wrong. */
export interface Mountable {
  directories(layers: readonly Layer[], looking?: Looking): Promise<readonly string[]>;
  /** What was put aside so far. */
  repaired(): readonly Digest[];
  /** Looks whenever that was done before, and puts aside what is wrong. */
  check(diffId: Digest, signal?: AbortSignal): Promise<FolderState>;
}

export function createMountable({ host, folders, unpack }: MountableContext): Mountable {
  const repaired = new Set<Digest>();
  const underWay = new Map<Digest, Promise<void>>();

  /** Those whose folders are there and as they were left. */
  async function whole(diffIds: readonly Digest[], looking?: Looking): Promise<Set<Digest>> {
    const sealed = await allOf(diffIds.map(async (diffId) => ({ diffId, seal: await folders.seal(diffId) })));
    const there = sealed.filter(({ seal }) => seal !== undefined);
    const looks = await lookAtFolders(
      host,
      there.map(({ diffId }) => folders.fs(diffId)),
      looking,
    );
    return new Set(there.filter(({ seal }, index) => seal === looks[index]).map(({ diffId }) => diffId));
  }

  async function stateOf(diffId: Digest, signal?: AbortSignal): Promise<FolderState> {
    if (!(await folders.hasFs(diffId))) return 'absent';
    return (await whole([diffId], { signal })).has(diffId) ? 'right' : 'damaged';
  }

  /** Looks again under a lock: others may have put it right meanwhile, and have mounted what they made. */
  async function check(diffId: Digest, signal?: AbortSignal): Promise<FolderState> {
    const first = await stateOf(diffId, signal);
    if (first !== 'damaged') return first;
    const lock = join(host.home, 'locks', `${diffId.slice('sha256:'.length)}.lock`);
    return withFileLock(
      lock,
      async () => {
        const state = await stateOf(diffId, signal);
        if (state !== 'damaged') return state;
        await folders.putAside(diffId);
        repaired.add(diffId);
        return state;
      },
      signal,
    );
  }

  async function provide(layer: Layer, signal?: AbortSignal): Promise<void> {
    if ((await check(layer.diffId, signal)) !== 'right') await unpack(layer, signal);
  }

  function provideOnce(layer: Layer, signal?: AbortSignal): Promise<void> {
    const running = underWay.get(layer.diffId) ?? provide(layer, signal);
    underWay.set(layer.diffId, running);
    return running.finally(() => underWay.delete(layer.diffId));
  }

  return {
    directories: async (layers, looking) => {
      const unknown = layers.filter(({ diffId }) => !folders.sound.has(diffId));
      const right = await whole(
        unknown.map(({ diffId }) => diffId),
        looking,
      );
      await allOf(
        unknown
          .filter(({ diffId }) => !right.has(diffId))
          .map((layer) => provideOnce(layer, looking?.signal)),
      );
      for (const { diffId } of unknown) folders.sound.add(diffId);
      return layers.map(({ diffId }) => folders.fs(diffId));
    },
    repaired: () => [...repaired],
    check,
  };
}
