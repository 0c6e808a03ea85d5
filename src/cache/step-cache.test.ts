import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventBody } from '../model/events.ts';
import { type SharedDatabase, shareDatabase } from '../store/database.ts';
import { sha256 } from '../support/canonical.ts';
import { createWorkRecords } from './records.ts';
import { createStepCache, type StepCacheOptions } from './step-cache.ts';
import type { StepCache, Work } from './types.ts';

let home: string;
let database: SharedDatabase;
let events: EventBody[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'gild-cache-'));
  database = shareDatabase(home);
  events = [];
});
afterEach(async () => {
  await database.close();
  await rm(home, { recursive: true });
});

const work: Work = {
  kind: 'component',
  name: 'component/nginx',
  definition: { parameters: { port: '80' } },
  tree: sha256('tree'),
  policy: { reuse: true },
};
const nothing = { layers: [] };

function open(options: Partial<StepCacheOptions> = {}): StepCache {
  return createStepCache({
    home,
    records: createWorkRecords(database.open),
    mode: {},
    inspect: async () => 'whole',
    run: { id: 'run-1', image: 'web' },
    emit: (event) => void events.push(event),
    redact: (text) => text,
    ...options,
  });
}

/** How often work was really done. */
function counted() {
  const counter = { times: 0 };
  const make = async () => {
    counter.times++;
    return nothing;
  };
  return { counter, make };
}

function reasons(): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'cache' && event.outcome === 'miss' ? [event.reason] : [],
  );
}

describe('work', () => {
  it('is done once, and taken from then on, in this run and in others', async () => {
    const { counter, make } = counted();
    const cache = open();
    expect((await cache.reuse(work, make)).from).toBeUndefined();
    expect((await cache.reuse(work, make)).from).toMatchObject({ runId: 'run-1' });
    const other = open({ run: { id: 'run-2', image: 'other' } });
    expect((await other.reuse({ ...work, name: 'component/elsewhere' }, make)).result).toEqual(nothing);
    expect(counter.times).toBe(1);
  });

  it('is done once where two ask at the same time', async () => {
    const { counter, make } = counted();
    const answers = await Promise.all([1, 2, 3].map(() => open().reuse(work, make)));
    expect(counter.times).toBe(1);
    expect(answers.filter(({ from }) => from)).toHaveLength(2);
  });

  it('that failed is not on record, and does not hold up the next', async () => {
    const { counter, make } = counted();
    const fails = () => Promise.reject(new Error('no'));
    await expect(open().reuse(work, fails)).rejects.toThrow('no');
    await open().reuse(work, make);
    expect(counter.times).toBe(1);
  });

  it('is done anew when what it made is gone, and says so', async () => {
    const { counter, make } = counted();
    await open().reuse(work, make);
    await open({ inspect: async () => ({ why: 'missing', what: sha256('x') }) }).reuse(work, make);
    expect(counter.times).toBe(2);
    expect(reasons()).toEqual(['not made before', 'what it made was removed']);
  });

  it('is done anew with a warning when what it made is damaged', async () => {
    await open().reuse(work, counted().make);
    await open({ inspect: async () => ({ why: 'damaged', what: sha256('x') }) }).reuse(work, counted().make);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'warning', code: 'STORE_DAMAGED', step: 'component/nginx' }),
    );
  });

  it('is done anew when its record was altered', async () => {
    const { counter, make } = counted();
    await open().reuse(work, make);
    const rows = await database.open();
    await rows.updateTable('work').set({ record: '{"result":{"layers":[{}]}}' }).execute();
    expect((await open().reuse(work, make)).result).toEqual(nothing);
    expect(counter.times).toBe(2);
  });

  it('is done anew once it is older than allowed', async () => {
    const { counter, make } = counted();
    const policy = { reuse: true, maxAge: 60 };
    const at = (now: number) => open({ now: () => now }).reuse({ ...work, policy }, make);
    for (const seconds of [0, 60, 61, 62]) await at(seconds * 1000);
    expect(counter.times).toBe(2);
    expect(reasons()).toEqual(['not made before', 'older than the recipe allows']);
  });

  it('is done every time where the recipe says so, and serves others that do not', async () => {
    const { counter, make } = counted();
    const never = { ...work, policy: { reuse: false } };
    await open().reuse(never, make);
    await open().reuse(never, make);
    expect(counter.times).toBe(2);
    expect((await open().reuse(work, make)).from).toBeDefined();
  });

  it('is done anew from a certain step on, and before it not', async () => {
    const steps = ['a', 'b', 'c'].map((name) => ({
      ...work,
      name: `component/${name}`,
      definition: { name },
    }));
    for (const each of steps) await open().reuse(each, counted().make);
    const cache = open({ mode: { anew: { from: 'component/b' } } });
    const { counter, make } = counted();
    for (const each of steps) await cache.reuse(each, make);
    expect(counter.times).toBe(2);
  });

  it('is done anew wholly when told so, and that is what the next run takes', async () => {
    await open().reuse(work, counted().make);
    const layers = [{ diffId: sha256('new'), blob: sha256('b'), size: 1, unpackedSize: 1 }] as never;
    await open({ mode: { anew: 'all' } }).reuse(work, async () => ({ layers }));
    expect((await open().reuse(work, counted().make)).result).toEqual({ layers });
  });
});

describe('the reason for doing work', () => {
  it('is the first field that differs from the nearest earlier one of the same name', async () => {
    const cache = open();
    for (const port of ['80', '443']) {
      await cache.reuse({ ...work, definition: { parameters: { port, user: 'a' } } }, counted().make);
    }
    await cache.reuse({ ...work, definition: { parameters: { port: '443', user: 'b' } } }, counted().make);
    expect(reasons()).toEqual(['not made before', 'parameters.port: 80 -> 443', 'parameters.user: a -> b']);
  });

  it('never shows what no record may show', async () => {
    const secret = (value: string) => ({ ...work, definition: { parameters: { password: value } } });
    const cache = open({ redact: (text) => text.replaceAll(/swordfish\d/g, '***') });
    await cache.reuse(secret('swordfish1'), counted().make);
    await cache.reuse(secret('swordfish2'), counted().make);
    expect(reasons().at(-1)).toBe('a value that is not shown changed');
    const rows = await (await database.open()).selectFrom('work').select('record').execute();
    expect(rows.map((row) => row.record).join()).not.toContain('swordfish');
  });
});

it('keeps numbers that look like something secret as numbers', async () => {
  const cache = open({ redact: (text) => text.replaceAll('1700000000', '***') });
  const dated = (epoch: number) => ({ ...work, definition: { epoch, parameters: { pin: '1700000000' } } });
  await cache.reuse(dated(1_700_000_000), counted().make);
  await cache.reuse(dated(1_800_000_000), counted().make);
  expect(reasons().at(-1)).toBe('epoch: *** -> 1800000000');
});

describe('records', () => {
  it('remember what they need, and how often they were used', async () => {
    const layer = { diffId: sha256('d'), blob: sha256('b'), size: 1, unpackedSize: 1 };
    await open().reuse(work, async () => ({ layers: [layer] as never }));
    for (const _ of [1, 2]) {
      const cache = open();
      await cache.reuse(work, counted().make);
      await cache.close();
    }
    const records = createWorkRecords(database.open);
    const [listed] = await records.list();
    expect(listed).toMatchObject({ diffIds: [layer.diffId], blobs: [layer.blob], uses: 2 });
    await records.remove(listed ? [listed.key] : []);
    expect(await records.list()).toEqual([]);
  });
});
