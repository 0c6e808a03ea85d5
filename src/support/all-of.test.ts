import { describe, expect, it } from 'vitest';
import { allOf } from './all-of.ts';

describe('allOf', () => {
  it('returns what all return, in their order', async () => {
    expect(await allOf([Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
    expect(await allOf([])).toEqual([]);
  });

  it('fails with the first failure, but only when the last has ended', async () => {
    const slow = Promise.withResolvers<string>();
    const order: string[] = [];
    const all = allOf([
      Promise.reject(new Error('first')),
      slow.promise.then((text) => order.push(text)),
    ]).catch((error: Error) => order.push(error.message));
    await Promise.resolve();
    slow.resolve('slow');
    await all;
    expect(order).toEqual(['slow', 'first']);
  });
});
