import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { zstdCompressSync } from 'node:zlib';
import { createHost } from '../../../host/host.ts';
import type { Digest } from '../../../model/digest.ts';
import type { EventBody } from '../../../model/events.ts';
import type { Layer } from '../../../model/tree.ts';
import { createBlobStore } from '../../../store/blobs.ts';
import { shareDatabase } from '../../../store/database.ts';
import type { BlobStore } from '../../../store/types.ts';
import { sha256 } from '../../../support/canonical.ts';
import { rawTar } from '../../../support/tar/testing/raw-tar.ts';
import { createTreeStore } from '../../../trees/tree-store.ts';
import { treeId } from '../../key.ts';
import { neededBlobs } from '../../needed-blobs.ts';
import { createWorkRecords, type WorkRecords } from '../../records.ts';
import { createStepCache } from '../../step-cache.ts';
import type { StepCache, Work, WorkRecord, WorkResult } from '../../types.ts';
import { type Exported, exportRecords } from '../export.ts';
import { LayersLost } from '../layers-lost.ts';
import { parseCacheSource, parseCacheTarget } from '../reference.ts';
import type { Signer, TrustedKeys } from '../signature.ts';
import { createRemoteSource, type RemoteSource } from '../source.ts';

/** A host with an empty disk, for tests: its store, and builds that need no machine. */
export interface TestHost {
  readonly blobs: BlobStore;
  readonly records: WorkRecords;
  /** Takes what `from` has; without it, makes everything. */
  build(options?: TestBuildOptions): Promise<TestBuild>;
  /** What one run has to do with others. */
  open(from: readonly string[], trusted?: TrustedKeys): TestRun;
  share(
    to: string,
    run: TestBuild,
    options?: { now?: number; limit?: number; signer?: Signer },
  ): Promise<Exported>;
  remove(): Promise<void>;
}

export interface TestBuildOptions {
  readonly from?: readonly string[];
  readonly trusted?: TrustedKeys | undefined;
  /** Of the last component. */
  readonly text?: string;
  readonly maxAge?: number;
}

export interface TestRun {
  readonly cache: StepCache;
  readonly remote: RemoteSource;
  readonly events: readonly EventBody[];
}

export interface TestBuild extends TestRun {
  readonly layers: readonly Layer[];
  readonly artifact: Digest;
  /** Names of what was not taken from anywhere. */
  readonly made: readonly string[];
  /** Messages. */
  readonly warnings: readonly string[];
}

export async function openTestHost(): Promise<TestHost> {
  const home = await mkdtemp(join(tmpdir(), 'gild-shared-'));
  const blobs = createBlobStore(home);
  const trees = createTreeStore({ home, blobs, host: createHost({ home }) });
  const database = shareDatabase(home);
  const records = createWorkRecords(database.open);

  async function makeLayer(text: string): Promise<Layer> {
    const tar = rawTar([{ name: 'file', content: text }]);
    const blob = zstdCompressSync(tar);
    const expected = { blob: sha256(blob), diffId: sha256(tar), createdBy: 'test' };
    return trees.importLayer(Readable.from([blob]), expected);
  }

  function open(from: readonly string[], trusted?: TrustedKeys): TestRun {
    const events: EventBody[] = [];
    const common = { home, records, emit: (event: EventBody) => void events.push(event) };
    const redact = (text: string) => text.replaceAll('hunter2', '***');
    const remote = createRemoteSource({
      ...common,
      sources: from.map((text) => ({ ...parseCacheSource(text), trusted })),
      content: {
        blobs,
        findLayer: trees.find,
        importLayer: async (layer, read) => trees.importLayer(await read(AbortSignal.timeout(60_000)), layer),
      },
      image: 'web',
      redact,
    });
    const inspect = async (result: WorkResult) => {
      for (const what of neededBlobs(result)) {
        const why = await blobs.verify(what);
        if (why !== 'whole') return { why, what };
      }
      return 'whole' as const;
    };
    const run = { id: '20261126-120000-abcd', image: 'web' };
    const cache = createStepCache({ ...common, mode: {}, inspect, elsewhere: remote, run, redact });
    return { cache, remote, events };
  }

  async function build(options: TestBuildOptions = {}): Promise<TestBuild> {
    const { from = [], trusted, text = 'last', maxAge } = options;
    const { cache, remote, events } = open(from, trusted);
    const made = new Set<string>();
    const done = async <T extends WorkResult>(work: Work, make: () => Promise<T>) =>
      (await cache.reuse(work, () => made.add(work.name) && make())).result;
    const goThrough = async () => {
      const layers: Layer[] = [];
      for (const step of stepsWith(text)) {
        const policy = { reuse: true, ...(maxAge !== undefined && { maxAge }) };
        const work: Work = { ...step, policy, tree: treeId(layers), deferred: true };
        const result = await done(work, async () => {
          await remote.need(layers, step.name);
          return { layers: [await makeLayer(step.definition.text)] };
        });
        layers.push(...result.layers);
      }
      await remote.need(layers, 'cache-from');
      return layers;
    };
    let layers: readonly Layer[] | undefined;
    while (!layers) {
      layers = await goThrough().catch((error: unknown) => {
        if (error instanceof LayersLost) return undefined;
        throw error;
      });
    }
    const ends = { definition: {}, tree: treeId(layers), policy: { reuse: true } };
    await done({ ...ends, kind: 'files', name: 'disk' }, async () => ({ layers: [await makeLayer('disk')] }));
    const { artifact } = await done({ ...ends, kind: 'output', name: 'output/oci' }, async () => {
      const { digest, size } = await blobs.write(`artifact of ${treeId(layers)}`);
      const all = [digest, ...layers.map(({ blob }) => blob)];
      return {
        artifact: { type: 'oci', digest, size, blobs: all, mediaType: 'text/plain', fileName: 'web.oci' },
      };
    });
    await done({ ...ends, kind: 'test', name: 'test/it works' }, async () => ({
      verdict: {
        name: 'it works',
        type: 'command',
        status: 'passed',
        message: 'it does',
        seconds: 1,
      } as const,
    }));
    const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    return { cache, remote, events, layers, artifact: artifact.digest, made: [...made], warnings };
  }

  return {
    blobs,
    records,
    build,
    open,
    share: async (to, { cache, remote, layers }, { now = Date.now(), limit, signer } = {}) => {
      const { place, mode } = parseCacheTarget(to);
      const found = await Promise.all(cache.keys().map((key) => records.find(key)));
      const all = found.filter((record): record is WorkRecord => record !== undefined);
      const diffIds = new Set(layers.map(({ diffId }) => diffId));
      const ofImage = all.filter(({ result }) =>
        (result.layers ?? []).every(({ diffId }) => diffIds.has(diffId)),
      );
      return exportRecords({
        place,
        records: mode === 'max' ? all : ofImage,
        blobs,
        signer,
        distrusted: remote.distrusted,
        keptAt: join(home, 'kept'),
        now,
        ...(limit !== undefined && { limit }),
      });
    },
    remove: async () => {
      await database.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function stepsWith(text: string) {
  return [
    { kind: 'base', name: 'base', definition: { text: 'base' } },
    { kind: 'component', name: 'component/first', definition: { text: 'first', password: 'hunter2' } },
    { kind: 'component', name: 'component/last', definition: { text } },
  ] as const;
}

/** All that a build makes. */
export const everything = [
  'base',
  'component/first',
  'component/last',
  'disk',
  'output/oci',
  'test/it works',
];
