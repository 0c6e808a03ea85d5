import { createWorkRecords } from '../../cache/records.ts';
import { keptListPath } from '../../cache/remote/catalogue.ts';
import { type Exported, exportRecords } from '../../cache/remote/export.ts';
import type { CacheTarget } from '../../cache/remote/reference.ts';
import type { RemoteSource } from '../../cache/remote/source.ts';
import type { StepCache, WorkRecord } from '../../cache/types.ts';
import { track } from '../../engine/track.ts';
import type { Emit } from '../../model/events.ts';
import type { Layer } from '../../model/tree.ts';
import { GildError, toGildError } from '../../support/errors.ts';
import { once } from '../../support/once.ts';
import { type SharedPackages, sharedPackages } from '../packages/shared-packages.ts';
import type { Workshop } from '../workshop.ts';
import { inspectContent } from './open-cache.ts';

export interface CacheExport {
  readonly workshop: Workshop;
  readonly targets: readonly CacheTarget[];
  readonly cache: StepCache;
  readonly remote: RemoteSource | undefined;
  /** Name of the image. */
  readonly image: string;
  /** Of the image. */
  readonly layers: readonly Layer[];
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Shares what a run used and made. Throws `REMOTE_CACHE_FAILED` where nobody wants to go on without. */
export async function exportCaches(job: CacheExport): Promise<void> {
  const whole = once(() => wholeRecords(job));
  const shared = {
    min: once(async () => ofImage(await whole(), job)),
    max: once(async () => withPackages(await whole(), job)),
  };
  for (const [index, target] of job.targets.entries()) {
    const step = `cache-to/${index + 1}`;
    await track(job.emit, { step, title: `cache to ${target.place.name}` }, async (settled) => {
      try {
        const exported = await exportTo(target, await shared[target.mode](), job);
        job.emit({ type: 'step.output', step, stream: 'note', lines: [inWords(exported)] });
      } catch (thrown) {
        job.signal.throwIfAborted();
        const { message } = toGildError(thrown);
        if (!target.forgiving)
          throw new GildError({
            code: 'REMOTE_CACHE_FAILED',
            message: `Nothing was shared. ${message}`,
            hint: 'The image is made. Without `ignore-error=false`, this is only a warning.',
            cause: thrown,
          });
        settled('ignored');
        const said = `Nothing was shared with ${target.place.name}. ${message}`;
        job.emit({ type: 'warning', code: 'REMOTE_CACHE_FAILED', message: said, step });
      }
    });
  }
}

/** After a failure: what was made until then, where a place takes all. The failure is what people hear of. */
export async function exportUnfinished(job: Omit<CacheExport, 'layers'>): Promise<void> {
  const all = job.targets.filter(({ mode }) => mode === 'max');
  const targets = all.map((target) => ({ ...target, forgiving: true }));
  await exportCaches({ ...job, targets, layers: [] });
}

async function exportTo(
  { place, signer }: CacheTarget,
  { records, content }: SharedPackages,
  { workshop, remote, signal }: CacheExport,
): Promise<Exported> {
  return exportRecords({
    place,
    blobs: content,
    records,
    signer,
    keptAt: keptListPath(workshop.host.home, place),
    ...(remote && { distrusted: remote.distrusted }),
    signal,
    now: Date.now(),
  });
}

/** Layers that only stand between the image and an output are quick to make again. */
function ofImage(whole: readonly WorkRecord[], { layers, workshop }: CacheExport): SharedPackages {
  const own = new Set(layers.map(({ diffId }) => diffId));
  const records = whole.filter(({ result }) => (result.layers ?? []).every(({ diffId }) => own.has(diffId)));
  return { records, content: workshop.blobs };
}

async function withPackages(whole: readonly WorkRecord[], job: CacheExport): Promise<SharedPackages> {
  const { records, content } = await sharedPackages(job.layers, whole, job);
  return { records: [...whole, ...records], content };
}

/** What was promised by another host and never needed has no content here. */
async function wholeRecords({ workshop, cache }: CacheExport): Promise<readonly WorkRecord[]> {
  const records = createWorkRecords(workshop.database.open);
  const inspect = inspectContent(workshop);
  const whole: WorkRecord[] = [];
  for (const key of cache.keys()) {
    const record = await records.find(key);
    if (record && (await inspect(record.result)) === 'whole') whole.push(record);
  }
  return whole;
}

function inWords({ records, sentBlobs, sentBytes }: Exported): string {
  return `${sentBlobs} blobs (${sentBytes} bytes) were sent; the cache has ${records} results`;
}
