import { expect, it } from 'vitest';
import { inOrder } from './in-order.ts';

it('yields results in the order of the items, however they end', async () => {
  const gates = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const results = inOrder([0, 1, 2], 3, async (index) => {
    await gates[index]?.promise;
    return index * 10;
  });
  const all = toArray(results);
  for (const gate of gates.toReversed()) gate.resolve();
  expect(await all).toEqual([0, 10, 20]);
});

it('runs no more at once than it may', async () => {
  const gates = Array.from({ length: 20 }, () => Promise.withResolvers<void>());
  let started = 0;
  const results = inOrder(gates, 3, (gate) => {
    started++;
    return gate.promise;
  });
  for (const [index, gate] of gates.entries()) {
    const next = results.next();
    gate.resolve();
    await next;
    expect(started).toBeLessThanOrEqual(index + 3);
  }
  expect(started).toBe(20);
});

it('throws what a job throws, once the others have ended', async () => {
  const slow = Promise.withResolvers<void>();
  let ended = false;
  const results = inOrder(['bad', 'slow'], 2, async (item) => {
    if (item === 'bad') throw new Error('no');
    await slow.promise;
    ended = true;
  });
  const failing = toArray(results);
  slow.resolve();
  await expect(failing).rejects.toThrow('no');
  expect(ended).toBe(true);
});

async function toArray<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
