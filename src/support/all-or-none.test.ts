import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { allOrNone } from './all-or-none.ts';

const never = new AbortController().signal;

describe('all or none', () => {
  it('has all at work at once, and the results in the order in which they began', async () => {
    const first = Promise.withResolvers<number>();
    const second = async () => {
      first.resolve(1);
      return 2;
    };
    expect(await allOrNone(never, () => [first.promise, second()])).toEqual([1, 2]);
  });

  it('stops the others at the first failure, and ends only when they have', async () => {
    const ended: string[] = [];
    const stopped = async (name: string, signal: AbortSignal) => {
      await once(signal, 'abort');
      ended.push(name);
      signal.throwIfAborted();
    };
    const start = (signal: AbortSignal) => [
      stopped('one', signal),
      Promise.reject(new Error('no')),
      stopped('two', signal),
    ];
    await expect(allOrNone(never, start)).rejects.toThrow('no');
    expect(ended).toEqual(['one', 'two']);
  });

  it('is stopped from outside', async () => {
    const outer = new AbortController();
    const job = async (signal: AbortSignal) => {
      await once(signal, 'abort');
      signal.throwIfAborted();
    };
    const all = allOrNone(outer.signal, (signal) => [job(signal), job(signal)]);
    outer.abort(new Error('enough'));
    await expect(all).rejects.toThrow('enough');
  });
});
