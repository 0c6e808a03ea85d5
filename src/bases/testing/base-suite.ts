import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BaseSpec } from '../../model/buildspec.ts';
import type { LockedBase } from '../../model/lock.ts';
import { createDisposer } from '../../support/disposer.ts';
import { parseBase } from '../index.ts';
import type { Base } from '../types.ts';
import { makeTestHome, type TestHome } from './test-home.ts';

export interface BaseCase {
  readonly reference: string;
  readonly options?: Record<string, unknown>;
  /** References to what is not there. */
  readonly missing?: readonly string[];
}

/** What holds for every kind of base. `prepare` lays out what the references name, and registers how to remove it. */
export function describeBase(
  base: Base,
  title: string,
  prepare: (home: TestHome, addCleanUp: (cleanUp: () => unknown) => void) => Promise<BaseCase>,
): void {
  describe(`the base ${title}`, () => {
    const cleanUp = createDisposer();
    let home: TestHome;
    let other: TestHome;
    let spec: BaseSpec;
    let locked: LockedBase;
    let missing: readonly string[];

    const read = (reference: string, options?: Record<string, unknown>) =>
      parseBase(reference, home.folder, options);

    beforeAll(async () => {
      home = await makeTestHome();
      cleanUp.add(() => home.remove());
      other = await makeTestHome();
      cleanUp.add(() => other.remove());
      const found = await prepare(home, cleanUp.add);
      spec = read(found.reference, found.options);
      missing = found.missing ?? [];
      locked = await base.resolve(spec, home.context);
    });

    afterAll(() => cleanUp.dispose());

    it('resolves twice to the same', async () => {
      expect(spec.kind).toBe(base.kind);
      const again = await base.resolve(spec, home.context);
      expect(await base.resolve(spec, home.context)).toEqual(again);
    });

    it('resolves to plain data: kind, reference, digest and a date that was', () => {
      expect(JSON.parse(JSON.stringify(locked))).toEqual(locked);
      expect(locked).toMatchObject({ kind: base.kind, reference: spec.reference });
      expect(locked.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(Number.isInteger(locked.epoch) && locked.epoch >= 0 && locked.epoch <= Date.now() / 1000).toBe(
        true,
      );
    });

    it('is restored from what a lock file holds of it', async () => {
      const { pinning } = base;
      if (!pinning) return;
      const pin = JSON.parse(JSON.stringify(pinning.pin(locked)));
      expect(await pinning.restore(spec, pin, home.context)).toEqual(locked);
      await expect(pinning.restore(spec, {}, home.context)).rejects.toMatchObject({ code: 'LOCK_INVALID' });
    });

    it('stops when it is cancelled, and leaves nothing behind', async () => {
      const context = { ...other.context, images: home.context.images, signal: AbortSignal.abort() };
      await expect(base.resolve(spec, context)).rejects.toMatchObject({ name: 'AbortError' });
      await expect(base.fetch(locked, context)).rejects.toMatchObject({ name: 'AbortError' });
      expect(await leftovers(other)).toEqual([]);
    });

    it('fetches the same twice, the second time from the store', async () => {
      const first = await base.fetch(locked, home.context);
      const imports = home.imports();
      expect(await base.fetch(JSON.parse(JSON.stringify(locked)) as LockedBase, home.context)).toEqual(first);
      expect(home.imports()).toBe(imports);
      for (const layer of first) expect(await home.context.trees.find(layer.diffId)).toEqual(layer);
      expect(await leftovers(home)).toEqual([]);
    });

    it('gives the same layers in another store', async () => {
      if (base.kind === 'image') return;
      const here = await base.fetch(locked, home.context);
      const there = await base.fetch(await base.resolve(spec, other.context), other.context);
      expect(there.map(({ diffId }) => diffId)).toEqual(here.map(({ diffId }) => diffId));
    });

    it('says which reference is not there and what to do', async () => {
      for (const reference of missing) {
        const promise = base.resolve(read(reference), home.context);
        await expect(promise, reference).rejects.toMatchObject({
          code: 'BASE_NOT_FOUND',
          message: expect.stringContaining(reference),
          hint: expect.stringMatching(/\w/),
        });
      }
    });
  });
}

/** Scratch folders and unfinished files. */
async function leftovers({ context }: TestHome): Promise<string[]> {
  const all = await readdir(context.host.home, { recursive: true }).catch(() => []);
  return all
    .filter((path) => path.endsWith('.tmp') || /^scratch\/[^/]+\/[^/]+-\d+$/.test(path))
    .map((path) => join('/', path));
}
