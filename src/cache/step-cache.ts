import { join } from 'node:path';
import type { Emit } from '../model/events.ts';
import { withFileLock } from '../support/lock.ts';
import { allDifferences } from './explain.ts';
import { keyOf, redactedPreimage } from './key.ts';
import type { WorkRecords } from './records.ts';
import type {
  CacheMode,
  Elsewhere,
  Inspect,
  Lookup,
  Missing,
  Reused,
  StepCache,
  Work,
  WorkRecord,
  WorkResult,
} from './types.ts';

export interface StepCacheOptions {
  readonly home: string;
  readonly records: WorkRecords;
  readonly mode: CacheMode;
  readonly inspect: Inspect;
  readonly elsewhere?: Elsewhere | undefined;
  /** Whose work this is. */
  readonly run: { readonly id: string; readonly image: string };
  readonly emit: Emit;
  readonly redact: (text: string) => string;
  readonly signal?: AbortSignal | undefined;
  readonly now?: () => number;
}

type Hit = Extract<Lookup, { readonly outcome: 'hit' }>;
type Miss = Extract<Lookup, { readonly outcome: 'miss' }>;

export function createStepCache(options: StepCacheOptions): StepCache {
  const { records, mode, emit, signal } = options;
  const now = options.now ?? Date.now;
  const used = new Set<WorkRecord['key']>();
  const made = new Set<WorkRecord['key']>();
  let passed = false;

  return {
    lookUp: (work) => look(work, 'only'),
    take,
    keep,
    reuse: async <T extends WorkResult>(work: Work, make: () => Promise<T>): Promise<Reused<T>> => {
      const found = await look(work);
      if (found.outcome === 'hit') return hit(work, found);
      if (found.forced) return finish(work, found, make);
      const lock = join(options.home, 'locks', `${found.key.slice('sha256:'.length)}.lock`);
      return withFileLock(
        lock,
        async () => {
          const meanwhile = await records.find(found.key);
          const again = meanwhile ? await find(work) : found;
          return again.outcome === 'hit' ? hit<T>(work, again) : finish(work, again, make);
        },
        signal,
      );
    },
    keys: () => [...new Set([...used, ...made])],
    close: () => records.touch([...used], now()),
  };

  async function take(work: Work): Promise<Lookup> {
    const found = await look(work);
    if (found.outcome === 'hit') hit(work, found);
    else missed(work, found);
    return found;
  }

  async function look(work: Work, how?: 'only'): Promise<Lookup & { readonly forced?: boolean }> {
    const why = forcedBy(work);
    if (why !== undefined) return { outcome: 'miss', forced: true, key: keyOf(work), reason: why };
    const found = await find(work);
    if (found.outcome === 'hit') return found;
    const record = await findElsewhere(work, how);
    return record ? { outcome: 'hit', key: found.key, record } : found;
  }

  async function findElsewhere(work: Work, how?: 'only'): Promise<WorkRecord | undefined> {
    const offer = await options.elsewhere?.find(work);
    if (!offer || isTooOld(offer.record, work)) return undefined;
    if (work.refuse?.(offer.record.result) !== undefined) return undefined;
    return how === 'only' ? offer.record : offer.take();
  }

  /** Why this is carried out whatever is on record. What packages a tree has is no work: it is read off the tree. */
  function forcedBy({ name, kind, policy }: Work): string | undefined {
    if (kind === 'packages') return undefined;
    if (mode.anew === 'all') return 'asked to use nothing made before';
    if (mode.anew && (name === mode.anew.from || passed)) {
      passed = true;
      return `asked to start again from ${mode.anew.from}`;
    }
    if (kind === 'test' && mode.retest) return 'asked to test again';
    return policy.reuse ? undefined : (policy.because ?? 'the recipe says `cache: false`');
  }

  async function find(work: Work): Promise<Lookup> {
    const key = keyOf(work);
    const record = await records.find(key);
    if (!record) return { outcome: 'miss', key, ...(await explained(work)) };
    if (isTooOld(record, work))
      return { outcome: 'miss', key, reason: 'older than the recipe allows', previous: record };
    const refusal = work.refuse?.(record.result);
    if (refusal !== undefined) return { outcome: 'miss', key, reason: refusal, previous: record };
    const content = await options.inspect(record.result);
    if (content === 'whole') return { outcome: 'hit', key, record };
    return { outcome: 'miss', key, reason: whyGone(content, work), previous: record };
  }

  function isTooOld({ createdAt }: WorkRecord, { policy }: Work): boolean {
    return (now() - Date.parse(createdAt)) / 1000 > (policy.maxAge ?? Number.POSITIVE_INFINITY);
  }

  async function explained(work: Work): Promise<Omit<Miss, 'outcome' | 'key'>> {
    const preimage = redactedPreimage(work, options.redact);
    const own = { kind: work.kind, name: work.name, image: options.run.image };
    const previous =
      (await records.nearest(own, preimage)) ?? (await options.elsewhere?.nearest(own, preimage));
    if (!previous) return { reason: 'not made before' };
    const differences = allDifferences(previous.preimage, preimage);
    const [first = 'a value that is not shown changed'] = differences;
    return { reason: first, differences, previous };
  }

  function whyGone({ why, what }: Missing, { name }: Work): string {
    if (why === 'missing') return 'what it made was removed';
    const message = `${what} in the store is damaged: it was put aside, and ${name} is made or fetched anew.`;
    emit({ type: 'warning', code: 'STORE_DAMAGED', message, step: name });
    return 'what it made was damaged';
  }

  function hit<T extends WorkResult>(work: Work, { key, record }: Hit): Reused<T> {
    used.add(key);
    const { runId, createdAt, seconds, origin } = record;
    const from = origin !== undefined && { from: origin };
    if (work.kind !== 'packages')
      emit({ type: 'cache', step: work.name, key, outcome: 'hit', runId, seconds, ...from });
    return { result: record.result as T, from: { key, runId, createdAt, seconds } };
  }

  async function finish<T extends WorkResult>(
    work: Work,
    found: Miss,
    make: () => Promise<T>,
  ): Promise<Reused<T>> {
    missed(work, found);
    const started = performance.now();
    const result = await make();
    await keep(work, { result, seconds: (performance.now() - started) / 1000 });
    return { result };
  }

  function missed({ kind, name }: Work, { key, reason }: Miss): void {
    if (kind === 'packages') return;
    emit({ type: 'cache', step: name, key, outcome: 'miss', reason: options.redact(reason) });
  }

  async function keep(
    work: Work,
    { result, seconds }: { readonly result: WorkResult; readonly seconds: number },
  ): Promise<void> {
    const key = keyOf(work);
    if (work.policy.reuse) made.add(key);
    await records.put({
      key,
      kind: work.kind,
      name: work.name,
      image: options.run.image,
      runId: options.run.id,
      createdAt: new Date(now()).toISOString(),
      seconds: Math.round(seconds * 1000) / 1000,
      preimage: redactedPreimage(work, options.redact),
      result,
    });
  }
}
