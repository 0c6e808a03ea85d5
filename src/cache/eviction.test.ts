import { describe, expect, it } from 'vitest';
import { fc } from '../../test/support/properties.ts';
import { byWorth, chooseVictims, type Entry, freedBy } from './eviction.ts';

/** Stores where entries share parts, and some parts are pinned. */
const stores = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 12 }),
    uses: fc.array(
      fc.record({
        usedAt: fc.nat(50),
        uses: fc.nat(5),
        seconds: fc.nat(100),
        parts: fc.uniqueArray(fc.nat(11), { maxLength: 4 }),
      }),
      { maxLength: 12 },
    ),
    pinned: fc.uniqueArray(fc.nat(11), { maxLength: 4 }),
  })
  .map(({ sizes, uses, pinned }) => ({
    entries: uses.map(
      (entry, index): Entry => ({
        ...entry,
        id: `entry-${index}`,
        parts: entry.parts.map((part) => ({ id: `part-${part}`, bytes: sizes[part % sizes.length] ?? 1 })),
      }),
    ),
    pinned: new Set(pinned.map((part) => `part-${part}`)),
  }));

describe('what goes first', () => {
  it('frees what was asked for, or all that can be freed, and spares whom it can', () => {
    fc.assert(
      fc.property(stores, fc.integer({ min: 1, max: 4000 }), ({ entries, pinned }, bytes) => {
        const freed = (victims: readonly Entry[]) =>
          freedBy(victims, { others: entries.filter((entry) => !victims.includes(entry)), pinned });
        const victims = chooseVictims(entries, { pinned, bytes });
        if (freed(victims) < bytes) expect(freed(victims)).toBe(freed(entries));
        for (const victim of victims) {
          const without = freed(victims.filter((other) => other !== victim));
          expect(without).toBeLessThan(Math.min(bytes, freed(victims)));
        }
      }),
    );
  });

  it('is never what was used later, more often, and takes longer for each byte', () => {
    fc.assert(
      fc.property(stores, ({ entries }) => {
        const apart = entries.map((entry) => ({ ...entry, parts: [{ id: `own-${entry.id}`, bytes: 10 }] }));
        const order = byWorth(apart, new Set());
        expect(order).toHaveLength(apart.length);
        order.forEach((entry, index) => {
          for (const later of order.slice(index + 1)) {
            const ahead =
              entry.usedAt > later.usedAt && entry.uses > later.uses && entry.seconds > later.seconds;
            expect(ahead).toBe(false);
          }
        });
      }),
    );
  });

  it('does not depend on the order in which entries are listed', () => {
    fc.assert(
      fc.property(stores, fc.nat(2000), ({ entries, pinned }, bytes) => {
        expect(chooseVictims(entries.toReversed(), { pinned, bytes })).toEqual(
          chooseVictims(entries, { pinned, bytes }),
        );
      }),
    );
  });

  it('leaves alone what frees nothing', () => {
    const verdict = { id: 'test', usedAt: 0, uses: 0, seconds: 1, parts: [] };
    const released = { id: 'step', usedAt: 0, uses: 0, seconds: 1, parts: [{ id: 'layer', bytes: 10 }] };
    expect(chooseVictims([verdict, released], { pinned: new Set(['layer']), bytes: 5 })).toEqual([]);
  });
});
